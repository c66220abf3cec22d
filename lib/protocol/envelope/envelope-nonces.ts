import { labelledHashInto } from '../../crypto/labelled-hash';
import { HASH_BYTES } from '../../crypto/lengths';
import type { CryptoProvider } from '../../crypto/provider';
import type { PublicKey } from '../../types';

/**
 * The nonces of both boxes of an envelope and the key of the outer one (docs/PROTOCOL.md, "Envelope"). The nonces are hashes of everything an envelope
 * says and of everybody it concerns, so no box can be lifted into another envelope, mailbox or order.
 */

/** Memory for each hash would cost as much as the hash. */
const SEED = new Uint8Array(HASH_BYTES);
const INNER = new Uint8Array(HASH_BYTES);
const OUTER_KEY = new Uint8Array(HASH_BYTES);

/** N = H("outer-nonce", header, S, R, P), 32 bytes; its first 24 are the outer nonce. Valid until the next call. */
export function outerSeed(
  crypto: CryptoProvider,
  header: Uint8Array,
  keys: { readonly sender: PublicKey; readonly recipient: PublicKey; readonly preKey: PublicKey },
): Uint8Array {
  return labelledHashInto(SEED, crypto, 'outer-nonce', header, keys.sender, keys.recipient, keys.preKey);
}

export function outerNonce(seed: Uint8Array): Uint8Array {
  return seed.subarray(0, 24);
}

/** H("inner-nonce", N, F)[:24]. Valid until the next call. */
export function innerNonce(crypto: CryptoProvider, seed: Uint8Array, fields: Uint8Array): Uint8Array {
  return labelledHashInto(INNER, crypto, 'inner-nonce', seed, fields).subarray(0, 24);
}

/**
 * H("outer-key", X(e,P), q): somebody who breaks X25519 lacks q, somebody who breaks ML-KEM lacks X(e,P). Valid until
 * the next call, for the caller to wipe.
 * @param own e or p
 * @param other the public half of the other one
 * @throws ErrInvalidKey
 */
export function outerKey(
  crypto: CryptoProvider,
  own: Uint8Array,
  other: PublicKey,
  keySecret: Uint8Array,
): Uint8Array {
  const shared = crypto.sharedSecret(own, other);
  labelledHashInto(OUTER_KEY, crypto, 'outer-key', shared, keySecret);
  crypto.wipe(shared);
  return OUTER_KEY;
}
