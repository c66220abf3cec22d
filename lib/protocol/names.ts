import { labelledHash, labelledHashInto } from '../crypto/labelled-hash';
import { HASH_BYTES } from '../crypto/lengths';
import type { CryptoProvider } from '../crypto/provider';
import type { PublicKey } from '../types';

/** Names that stand for keys and envelopes on the wire (docs/PROTOCOL.md, "Names"). */

export const MAILBOX_BYTES = 32;
export const TAG_BYTES = 16;
export const STORAGE_ID_BYTES = 16;
export const NODE_HINT_BYTES = 8;
export const MESSAGE_ID_BYTES = 32;

/** Of which a name is the first part; memory for each would cost as much as the hash. */
const DIGEST = new Uint8Array(HASH_BYTES);

/** The mailbox of a recipient, 32 bytes: says nothing to those who do not know the key. */
export function mailboxOf(crypto: CryptoProvider, recipient: PublicKey): Uint8Array {
  return labelledHash(crypto, 'mailbox', recipient);
}

/** The name of a one-time key in an envelope, 16 bytes. */
export function prekeyTag(crypto: CryptoProvider, preKey: PublicKey): Uint8Array {
  return labelledHashInto(DIGEST, crypto, 'prekey-tag', preKey).slice(0, TAG_BYTES);
}

/** The name of an envelope at a storage node, 16 bytes. */
export function storageIdOf(crypto: CryptoProvider, envelope: Uint8Array): Uint8Array {
  return crypto.sha256(envelope, DIGEST).slice(0, STORAGE_ID_BYTES);
}

/** How the owner of a mailbox names a node it polls, 8 bytes: only those who know both keys recognise it. */
export function nodeHint(crypto: CryptoProvider, owner: PublicKey, node: PublicKey): Uint8Array {
  return labelledHash(crypto, 'node-hint', owner, node).slice(0, NODE_HINT_BYTES);
}

/**
 * The specification's PreKeyID of the key `index` (1..104) of a batch (24 bits): unsigned, 32 bits. For people, not
 * the wire.
 */
export function preKeyId(batch: number, index: number): number {
  return batch * 256 + index;
}
