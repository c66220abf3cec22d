import { concat } from '../bytes';
import { MAILBOX_BYTES } from '../protocol/names';
import { CRC_BYTES, setCrc, withCrc, withoutCrc } from '../store/checked-bytes';
import { readSequence, sequenceKey } from '../store/table';

/**
 * Keys and values of StoreEngine. What arrives is appended: envelopes and the records of recent mail lie under rising
 * numbers. What is ordered by mailbox holds small records only, so a page of one mailbox is a short range.
 *
 *   mi/ mailbox 0 number      -> IndexRecord, CRC
 *   mi/ mailbox 1 storage id  -> number
 *   mr/ number                -> mailbox, IndexRecord, CRC: recent mail, in neither of mi/ and mx/ (mail-index.ts)
 *   mx/ expiry number         -> one byte (not every engine tells an empty value from none)
 *   ms/ submitter             -> messages, bytes, CRC
 *   mt/                       -> messages, bytes, mailboxes, last number given, CRC
 *   ~e/ number part           -> a part of the envelope
 *
 * An envelope needs no CRC: its storage id is its hash. Envelopes come behind everything else in the store, since a
 * B-tree fills its pages only where records are added at its very end.
 *
 * Numbers and times take 6 bytes. A mailbox stands in the index as its first 16 bytes: it is a hash, and to find a
 * key whose mailbox begins like another's takes 2^128 tries.
 */
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const EXPIRY = ascii('mx/');
const BY_NUMBER = new Uint8Array([0]);
const BY_STORAGE_ID = new Uint8Array([1]);
const INDEX_MAILBOX_BYTES = 16;
/**
 * Three of the second largest envelope fill a page of 4 KB, and five halves of the largest: uncut, two of those
 * would leave a quarter of it empty.
 */
const PART_BYTES = 1311;

export const INDEX_PREFIX = ascii('mi/');
export const RECENT_PREFIX = ascii('mr/');
export const ENVELOPE_PREFIX = ascii('~e/');
export const SUBMITTER_PREFIX = ascii('ms/');
export const TOTALS_KEY = ascii('mt/');
export const PRESENT = new Uint8Array([1]);

export const envelopePrefix = (number: number): Uint8Array => concat(ENVELOPE_PREFIX, uint48(number));
export const recentKey = (number: number): Uint8Array => concat(RECENT_PREFIX, uint48(number));
/** Of every key of a mailbox in the index. */
export const mailboxPrefix = (mailbox: Uint8Array): Uint8Array =>
  concat(INDEX_PREFIX, mailbox.subarray(0, INDEX_MAILBOX_BYTES));
/** Of the keys that list it. */
export const listPrefix = (mailbox: Uint8Array): Uint8Array => concat(mailboxPrefix(mailbox), BY_NUMBER);
export const indexKey = (mailbox: Uint8Array, number: number): Uint8Array =>
  concat(listPrefix(mailbox), uint48(number));
export const numberKey = (mailbox: Uint8Array, storageId: Uint8Array): Uint8Array =>
  concat(mailboxPrefix(mailbox), BY_STORAGE_ID, storageId);
export const submitterKey = (submitter: Uint8Array): Uint8Array => concat(SUBMITTER_PREFIX, submitter);

const INDEX_KEY_BYTES = INDEX_PREFIX.length + INDEX_MAILBOX_BYTES + BY_NUMBER.length + 6;
/** Whether a key of the index lists a message (the others name one). */
export const listsMail = (key: Uint8Array): boolean => key.length === INDEX_KEY_BYTES;

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
    yield { key: partKey(number, part), from: part * size, to: Math.min((part + 1) * size, bytes) };
  }
}

export const firstPartKey = (number: number): Uint8Array => partKey(number, 0);

function partKey(number: number, part: number): Uint8Array {
  return concat(envelopePrefix(number), new Uint8Array([part]));
}

/** Most that 6 bytes hold. */
export const MAX_NUMBER = 2 ** 48 - 1;

export function uint48(value: number): Uint8Array {
  const bytes = new Uint8Array(6);
  setUint48(bytes, 0, value);
  return bytes;
}

function setUint48(bytes: Uint8Array, at: number, value: number): void {
  const high = Math.floor(value / 2 ** 32);
  bytes[at] = high >>> 8;
  bytes[at + 1] = high;
  bytes[at + 2] = value >>> 24;
  bytes[at + 3] = value >>> 16;
  bytes[at + 4] = value >>> 8;
  bytes[at + 5] = value;
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
  const bytes = new Uint8Array(INDEX_BYTES + CRC_BYTES);
  writeFields(bytes, 0, record);
  return setCrc(bytes);
}

/** undefined when it is damaged. */
export function decodeIndex(value: Uint8Array): IndexRecord | undefined {
  const body = withoutCrc(value);
  return body?.length === INDEX_BYTES ? readFields(body) : undefined;
}

/** @param mailbox 32 bytes */
export function encodeRecent(mailbox: Uint8Array, record: IndexRecord): Uint8Array {
  const bytes = new Uint8Array(MAILBOX_BYTES + INDEX_BYTES + CRC_BYTES);
  bytes.set(mailbox);
  writeFields(bytes, MAILBOX_BYTES, record);
  return setCrc(bytes);
}

/** undefined when it is damaged. */
export function decodeRecent(value: Uint8Array): { mailbox: Uint8Array; record: IndexRecord } | undefined {
  const body = withoutCrc(value);
  if (body?.length !== MAILBOX_BYTES + INDEX_BYTES) return undefined;
  return { mailbox: body.slice(0, MAILBOX_BYTES), record: readFields(body.subarray(MAILBOX_BYTES)) };
}

function writeFields(bytes: Uint8Array, at: number, record: IndexRecord): void {
  bytes.set(record.storageId, at);
  bytes.set(record.tag, at + 16);
  bytes.set(record.submitter, at + 32);
  setUint48(bytes, at + 48, record.deposited);
  setUint48(bytes, at + 54, record.expires);
  bytes[at + 60] = record.bytes >> 8;
  bytes[at + 61] = record.bytes;
}

function readFields(body: Uint8Array): IndexRecord {
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
