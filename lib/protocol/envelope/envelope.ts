import { KEY_BYTES } from '../../crypto/lengths';
import { ToxAsyncError } from '../../errors';
import type { PublicKey } from '../../types';
import { malformed } from '../byte-reader';
import { MAILBOX_BYTES, TAG_BYTES } from '../names';

/**
 * What a storage node can see of an envelope, and the sizes (docs/PROTOCOL.md, "Envelope"):
 * version 1 | mailbox 32 | tag 16 | ephemeral key 32 | outer box.
 */

export const ENVELOPE_VERSION = 1;
const TAG_AT = 1 + MAILBOX_BYTES;
const EPHEMERAL_AT = TAG_AT + TAG_BYTES;
export const HEADER_BYTES = EPHEMERAL_AT + KEY_BYTES;
/** message id 32 | timestamp 8 | lifetime 4 */
export const FIELDS_BYTES = 44;
/** Room for the plaintext (type 1 | length 2 | data), in bytes; zeros fill it, so that sizes tell little. */
export const BUCKETS = [128, 384, 1152, 1375] as const;
/** Longest content of the outer box: fields, length of the inner box, the inner box with its padding. */
export const MAX_CONTENT_BYTES = FIELDS_BYTES + 2 + 16 + 1375;
/** Bytes around the plaintext: header, fields, length of the inner box, two tags. */
const OVERHEAD_BYTES = 159;
/** Length of a full chunk of a large message (large/chunk.ts); a short one has that of the largest sealed envelope. */
export const CHUNK_ENVELOPE_BYTES = 5397;
/** The only lengths of an envelope that is sealed to a one-time key, bytes. */
const SEALED_SIZES: readonly number[] = BUCKETS.map((bucket) => bucket + OVERHEAD_BYTES);
/** The only lengths of an envelope, bytes. */
export const ENVELOPE_SIZES: readonly number[] = [...SEALED_SIZES, CHUNK_ENVELOPE_BYTES];

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

/** True for the lengths that an envelope sealed to a one-time key can have: all but that of a full chunk. */
export function isSealedSize(length: number): boolean {
  return SEALED_SIZES.includes(length);
}

/** The smallest bucket that a plaintext of `length` bytes fits, or undefined. */
export function bucketFor(length: number): number | undefined {
  return BUCKETS.find((bucket) => length <= bucket);
}

/** Length of the envelope of a plaintext of `length` bytes, at most the largest bucket. */
export function envelopeSizeFor(length: number): number {
  return OVERHEAD_BYTES + (bucketFor(length) ?? length);
}

/** Fills the HEADER_BYTES of `header`. */
export function writeEnvelopeHeader(header: Uint8Array, { mailbox, tag, ephemeral }: EnvelopeHeader): void {
  header[0] = ENVELOPE_VERSION;
  header.set(mailbox, 1);
  header.set(tag, TAG_AT);
  header.set(ephemeral, EPHEMERAL_AT);
}

/** Views of `envelope`. @throws ErrMalformed wrong length or version */
export function readEnvelopeHeader(envelope: Uint8Array): EnvelopeHeader {
  if (!isEnvelopeSize(envelope.length)) {
    throw malformed('envelope', `${envelope.length} bytes is not one of its sizes`);
  }
  const [version] = envelope;
  if (version !== ENVELOPE_VERSION) throw malformed('envelope', `its version is ${version}`);
  return {
    mailbox: envelope.subarray(1, TAG_AT),
    tag: envelope.subarray(TAG_AT, EPHEMERAL_AT),
    ephemeral: envelope.subarray(EPHEMERAL_AT, HEADER_BYTES),
  };
}

/** Views of `envelope`; undefined for a wrong length or version. */
export function headerOf(envelope: Uint8Array): EnvelopeHeader | undefined {
  try {
    return readEnvelopeHeader(envelope);
  } catch (error) {
    if (ToxAsyncError.is(error, 'ErrMalformed')) return undefined;
    throw error;
  }
}
