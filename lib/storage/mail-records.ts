import { concat } from '../bytes';
import { withCrc, withoutCrc } from '../store/checked-bytes';
import { readSequence, sequenceKey } from '../store/table';

/**
 * Keys and values of StoreEngine. An envelope lies under a rising number, so envelopes are appended; what is
 * ordered by mailbox holds small records only, so a page of one mailbox is a short range.
 *
 *   me/ number part           -> a part of the envelope
 *   mi/ mailbox number        -> IndexRecord, CRC
 *   mn/ mailbox storage id    -> number
 *   mx/ expiry number         -> one byte (not every engine tells an empty value from none)
 *   ms/ submitter             -> messages, bytes, CRC
 *   mt/                       -> messages, bytes, mailboxes, last number given, CRC
 *
 * An envelope needs no CRC: its storage id is its hash.
 *
 * Numbers and times take 6 bytes. A mailbox stands in keys as its first 16 bytes: it is a hash, and to find a key
 * whose mailbox begins like another's takes 2^128 tries.
 */
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const NUMBER = ascii('mn/');
const EXPIRY = ascii('mx/');
const MAILBOX_BYTES = 16;
/** B-trees with pages of 4 KB leave a third to a half of each page empty when records are longer. */
const PART_BYTES = 768;

export const INDEX_PREFIX = ascii('mi/');
export const ENVELOPE_PREFIX = ascii('me/');
export const SUBMITTER_PREFIX = ascii('ms/');
export const TOTALS_KEY = ascii('mt/');
export const PRESENT = new Uint8Array([1]);

export const envelopePrefix = (number: number): Uint8Array => concat(ENVELOPE_PREFIX, uint48(number));
export const mailboxPrefix = (mailbox: Uint8Array): Uint8Array =>
  concat(INDEX_PREFIX, mailbox.subarray(0, MAILBOX_BYTES));
export const indexKey = (mailbox: Uint8Array, number: number): Uint8Array =>
  concat(mailboxPrefix(mailbox), uint48(number));
export const numberKey = (mailbox: Uint8Array, storageId: Uint8Array): Uint8Array =>
  concat(NUMBER, mailbox.subarray(0, MAILBOX_BYTES), storageId);
export const submitterKey = (submitter: Uint8Array): Uint8Array => concat(SUBMITTER_PREFIX, submitter);

/** Records that expire at `expiry` or earlier have keys below `expiryKey(expiry + 1, 0)`. */
export const expiryKey = (expiry: number, number: number): Uint8Array =>
  concat(EXPIRY, uint48(expiry), uint48(number));

/** The number at the end of an index or expiry key. */
export function numberOfKey(key: Uint8Array): number {
  return readUint48(key.subarray(key.length - 6));
}

/** The number in an envelope's key. */
export function numberOfEnvelopeKey(key: Uint8Array): number {
  return readUint48(key.subarray(ENVELOPE_PREFIX.length));
}

/** Keys of the parts of an envelope of so many bytes, and where each begins. */
export function* partsOf(
  number: number,
  bytes: number,
): Generator<{ key: Uint8Array; from: number; to: number }> {
  const parts = Math.ceil(bytes / PART_BYTES);
  const size = Math.ceil(bytes / parts);
  for (let part = 0; part < parts; part++) {
    const key = concat(envelopePrefix(number), new Uint8Array([part]));
    yield { key, from: part * size, to: Math.min((part + 1) * size, bytes) };
  }
}

/** Most that 6 bytes hold. */
export const MAX_NUMBER = 2 ** 48 - 1;

export function uint48(value: number): Uint8Array {
  return sequenceKey(value).subarray(2);
}

export function readUint48(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 6);
  return view.getUint16(0) * 2 ** 32 + view.getUint32(2);
}

/** What a listing and the counters need, without the envelope. Times are seconds on the age clock. */
export interface IndexRecord {
  readonly storageId: Uint8Array;
  readonly tag: Uint8Array;
  readonly submitter: Uint8Array;
  /** Of the last deposit. */
  readonly deposited: number;
  readonly expires: number;
  /** Length of the envelope. */
  readonly bytes: number;
}

const INDEX_BYTES = 62;

export function encodeIndex(record: IndexRecord): Uint8Array {
  return withCrc(
    record.storageId,
    record.tag,
    record.submitter,
    uint48(record.deposited),
    uint48(record.expires),
    new Uint8Array([record.bytes >> 8, record.bytes & 0xff]),
  );
}

/** undefined when it is damaged. */
export function decodeIndex(value: Uint8Array): IndexRecord | undefined {
  const body = withoutCrc(value);
  if (body?.length !== INDEX_BYTES) return undefined;
  return {
    storageId: body.slice(0, 16),
    tag: body.slice(16, 32),
    submitter: body.slice(32, 48),
    deposited: readUint48(body.subarray(48)),
    expires: readUint48(body.subarray(54)),
    bytes: ((body[60] ?? 0) << 8) | (body[61] ?? 0),
  };
}

/** Unsigned numbers as 8 bytes each. */
export function encodeNumbers(...numbers: number[]): Uint8Array {
  return withCrc(...numbers.map(sequenceKey));
}

/** So many numbers, or undefined when they are damaged. */
export function decodeNumbers(value: Uint8Array, count: number): number[] | undefined {
  const body = withoutCrc(value);
  if (body?.length !== count * 8) return undefined;
  return Array.from({ length: count }, (_, index) => readSequence(body.subarray(index * 8)));
}
