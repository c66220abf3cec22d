import { sameBytes } from '../../../bytes';
import { labelledHash } from '../../../crypto/labelled-hash';
import { NONCE_BYTES } from '../../../crypto/lengths';
import type { CryptoProvider } from '../../../crypto/provider';
import { ToxAsyncError } from '../../../errors';
import { storageIdOf, TAG_BYTES } from '../../names';
import { HEADER_BYTES, headerOf, writeEnvelopeHeader } from '../envelope';
import { chunkRoom, FULL_CHUNK_BYTES } from './large-layout';

/**
 * A chunk of a large message (docs/PROTOCOL.md, "Large messages"): an envelope that nobody can tell from another of its
 * size, whose box is symmetric under the payload key. Nothing random is in it: the same bytes make the same chunk.
 */

export interface ChunkPlace {
  /** `mailboxOf` the recipient. */
  readonly mailbox: Uint8Array;
  /** The payload key, 32 bytes. */
  readonly key: Uint8Array;
  /** From 0. */
  readonly index: number;
}

export interface SealedChunk {
  readonly envelope: Uint8Array;
  readonly storageId: Uint8Array;
  readonly tag: Uint8Array;
}

/** The tag by which the recipient of the head knows chunk `index`, 16 bytes. */
export function chunkTag(crypto: CryptoProvider, key: Uint8Array, index: number): Uint8Array {
  return labelledHash(crypto, 'chunk-tag', key, byte(index)).slice(0, TAG_BYTES);
}

/**
 * @param data 1 to 5,300 bytes of the payload
 * @throws ErrInvalidArgument more or none
 */
export function sealChunk(
  crypto: CryptoProvider,
  { mailbox, key, index }: ChunkPlace,
  data: Uint8Array,
): SealedChunk {
  if (data.length < 1 || data.length > FULL_CHUNK_BYTES) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      `A chunk holds 1 to ${FULL_CHUNK_BYTES} bytes, not ${data.length}.`,
    );
  }
  const tag = chunkTag(crypto, key, index);
  const header = new Uint8Array(HEADER_BYTES);
  writeEnvelopeHeader(header, { mailbox, tag, ephemeral: coverOf(crypto, key, index) });
  const plain = new Uint8Array(chunkRoom(data.length));
  plain.set(data);
  const boxKey = boxKeyOf(crypto, key, index);
  try {
    const box = crypto.secretbox(plain, nonceOf(crypto, header), boxKey);
    const envelope = new Uint8Array(HEADER_BYTES + box.length);
    envelope.set(header);
    envelope.set(box, HEADER_BYTES);
    return { envelope, storageId: storageIdOf(crypto, envelope), tag };
  } finally {
    crypto.wipe(boxKey);
    crypto.wipe(plain);
  }
}

/**
 * The bytes of the payload in a chunk whose tag is that of `index`; undefined when somebody forged it: another size,
 * mailbox, cover, box or padding. Never throws.
 * @param length how many bytes of the payload it must hold
 */
export function openChunk(
  crypto: CryptoProvider,
  { mailbox, key, index }: ChunkPlace,
  { envelope, length }: { readonly envelope: Uint8Array; readonly length: number },
): Uint8Array | undefined {
  const header = headerOf(envelope);
  if (!header || !sameBytes(header.mailbox, mailbox)) return undefined;
  if (!sameBytes(header.tag, chunkTag(crypto, key, index))) return undefined;
  if (!sameBytes(header.ephemeral, coverOf(crypto, key, index))) return undefined;
  const boxKey = boxKeyOf(crypto, key, index);
  const nonce = nonceOf(crypto, envelope.subarray(0, HEADER_BYTES));
  const plain = crypto.openSecretbox(envelope.subarray(HEADER_BYTES), nonce, boxKey);
  crypto.wipe(boxKey);
  if (plain?.length !== chunkRoom(length)) return undefined;
  if (plain.subarray(length).some((byte) => byte !== 0)) return undefined;
  return plain.subarray(0, length);
}

/** Stands where an envelope has its ephemeral key. Bit 255 is clear as in every such key, so that it looks like one. */
function coverOf(crypto: CryptoProvider, key: Uint8Array, index: number): Uint8Array {
  const cover = labelledHash(crypto, 'chunk-cover', key, byte(index));
  cover[31] = (cover[31] ?? 0) & 0x7f;
  return cover;
}

function boxKeyOf(crypto: CryptoProvider, key: Uint8Array, index: number): Uint8Array {
  return labelledHash(crypto, 'chunk-key', key, byte(index));
}

function nonceOf(crypto: CryptoProvider, header: Uint8Array): Uint8Array {
  return labelledHash(crypto, 'chunk-nonce', header).subarray(0, NONCE_BYTES);
}

function byte(index: number): Uint8Array {
  return new Uint8Array([index]);
}
