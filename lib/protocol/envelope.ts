import type { PublicKey } from '../types';
import { ByteReader, malformed } from './byte-reader';
import { MAILBOX_BYTES, TAG_BYTES } from './names';

/**
 * What a storage node can see of an envelope, and the sizes (docs/PROTOCOL.md, "Envelope"):
 * version 1 | mailbox 32 | tag 16 | ephemeral key 32 | outer box.
 */

export const ENVELOPE_VERSION = 1;
export const HEADER_BYTES = 81;
/** message id 32 | timestamp 8 | lifetime 4 */
export const FIELDS_BYTES = 44;
/** Room for the plaintext (type 1 | length 2 | data), in bytes; zeros fill it, so that sizes tell little. */
export const BUCKETS = [128, 384, 1152, 1375] as const;
/** Bytes around the plaintext: header, fields, length of the inner box, two tags. */
const OVERHEAD_BYTES = 159;
/** The only lengths of an envelope, bytes. */
export const ENVELOPE_SIZES: readonly number[] = BUCKETS.map((bucket) => bucket + OVERHEAD_BYTES);

export interface EnvelopeHeader {
  /** Whom it is for, as `mailboxOf` names them. */
  readonly mailbox: Uint8Array;
  /** Which one-time key opens it, as `prekeyTag` names it. */
  readonly tag: Uint8Array;
  /** The sender's key for this envelope alone; not checked here. */
  readonly ephemeral: PublicKey;
}

export function isEnvelopeSize(length: number): boolean {
  return ENVELOPE_SIZES.includes(length);
}

/** The smallest bucket that a plaintext of `length` bytes fits, or undefined. */
export function bucketFor(length: number): number | undefined {
  return BUCKETS.find((bucket) => length <= bucket);
}

/** @throws ErrMalformed wrong length or version */
export function readEnvelopeHeader(envelope: Uint8Array): EnvelopeHeader {
  if (!isEnvelopeSize(envelope.length)) {
    throw malformed('envelope', `${envelope.length} bytes is none of its sizes`);
  }
  const r = new ByteReader(envelope, 'envelope');
  const version = r.u8();
  if (version !== ENVELOPE_VERSION) throw r.bad(`its version is ${version}`);
  return { mailbox: r.bytes(MAILBOX_BYTES), tag: r.bytes(TAG_BYTES), ephemeral: r.bytes(32) };
}
