import { concat, copyOf } from '../../bytes';
import { CHUNK_ENVELOPE_BYTES, isEnvelopeSize, readEnvelopeHeader } from '../../protocol/envelope/envelope';
import { CRC_BYTES, withCrc, withoutCrc } from '../../store/checked-bytes';
import { crc32 } from '../../store/crc32';
import { readSequence, sequenceKey } from '../../store/table';
import { NAME_BYTES, readUint16, readUint32 } from './name-table';

/**
 * Keys and values of LocalEngine:
 *
 *   mt/              -> last number given, messages, CRC
 *   mi/ block        -> the entries of 52 numbers that follow each other, each with a CRC; zeros where there is none;
 *                       then a CRC of them all
 *   ~ number         -> an envelope, or its first part, behind a stamp
 *   ~ number part    -> a further part of it
 *
 * An entry repeats what the stamp and the envelope say, so that a start need not read the envelopes. Envelopes come
 * behind everything else in the store, since a B-tree fills its pages only where records are added at its very end.
 *
 * Numbers take 6 bytes, times 4. A mailbox stands in an entry as its first 16 bytes: it is a hash, and to find a key
 * whose mailbox begins like another's takes 2^128 tries.
 */
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
export const TOTALS_KEY = ascii('mt/');
export const BLOCK_PREFIX = ascii('mi/');
export const ENVELOPE_PREFIX = ascii('~');
/** All that the engine's keys begin with, in bytewise order. Damage there costs only the mail that it hits. */
export const MAIL_PREFIXES: readonly Uint8Array[] = [BLOCK_PREFIX, TOTALS_KEY, ENVELOPE_PREFIX];

const NUMBER_BYTES = 6;
/** 2^32 over the golden ratio, odd. */
const SPREAD = 0x9e3779b1;
/** Most that 6 bytes hold. */
export const MAX_NUMBER = 2 ** 48 - 1;

/** What a listing, the counts and the sweep need of one message. Times are seconds on the age clock. */
export interface MailRecord {
  /** The first 16 bytes of the mailbox. */
  readonly mailbox: Uint8Array;
  readonly storageId: Uint8Array;
  readonly tag: Uint8Array;
  readonly submitter: Uint8Array;
  /** Of the last deposit. */
  readonly deposited: number;
  readonly expires: number;
  /** Length of the envelope. */
  readonly bytes: number;
}

// Entries, in blocks.

/** Where the fields of an entry begin. */
export const ENTRY = {
  mailbox: 0,
  storageId: 16,
  tag: 32,
  submitter: 48,
  deposited: 64,
  expires: 68,
  bytes: 72,
  crc: 74,
} as const;
export const ENTRY_BYTES = ENTRY.crc + CRC_BYTES;
/** As many as fit into a page of 4 KB that holds nothing else. */
export const BLOCK_ENTRIES = 52;
const ENTRIES_BYTES = BLOCK_ENTRIES * ENTRY_BYTES;
export const BLOCK_BYTES = ENTRIES_BYTES + CRC_BYTES;

export const blockOf = (number: number): number => Math.floor(number / BLOCK_ENTRIES);
export const firstOf = (block: number): number => block * BLOCK_ENTRIES;
/** Whether numbers lie in it: a key that the disk spoiled may name one so great that counting to it never ends. */
export const hasNumbers = (block: number): boolean => firstOf(block + 1) <= MAX_NUMBER;
export function blockKey(block: number): Uint8Array {
  const key = new Uint8Array(BLOCK_PREFIX.length + NUMBER_BYTES);
  key.set(BLOCK_PREFIX);
  setUint48(key, BLOCK_PREFIX.length, block);
  return key;
}

export const blockOfKey = (key: Uint8Array): number => readUint48(key, BLOCK_PREFIX.length);

/** Where the entry of a number begins in its block. */
export const entryAt = (number: number): number => (number % BLOCK_ENTRIES) * ENTRY_BYTES;

/** Puts the entry of a number into its block. */
export function encodeEntry(block: Uint8Array, number: number, record: MailRecord): void {
  const at = entryAt(number);
  block.set(record.mailbox.subarray(0, NAME_BYTES), at + ENTRY.mailbox);
  block.set(record.storageId, at + ENTRY.storageId);
  block.set(record.tag, at + ENTRY.tag);
  block.set(record.submitter, at + ENTRY.submitter);
  setUint32(block, at + ENTRY.deposited, record.deposited);
  setUint32(block, at + ENTRY.expires, record.expires);
  block[at + ENTRY.bytes] = record.bytes >> 8;
  block[at + ENTRY.bytes + 1] = record.bytes;
  setUint32(block, at + ENTRY.crc, entryCrc(block, number));
}

/** undefined when the number has no entry, or a damaged one. */
export function decodeEntry(block: Uint8Array, number: number): MailRecord | undefined {
  if (!isEntry(block, number)) return undefined;
  const at = entryAt(number);
  const name = (from: number) => block.slice(at + from, at + from + NAME_BYTES);
  return {
    mailbox: name(ENTRY.mailbox),
    storageId: name(ENTRY.storageId),
    tag: name(ENTRY.tag),
    submitter: name(ENTRY.submitter),
    deposited: readUint32(block, at + ENTRY.deposited),
    expires: readUint32(block, at + ENTRY.expires),
    bytes: readUint16(block, at + ENTRY.bytes),
  };
}

/** Whether a number has an entry that is not damaged. */
export function isEntry(block: Uint8Array, number: number): boolean {
  if (block.length !== BLOCK_BYTES || !hasBytes(block, number)) return false;
  return readUint32(block, entryAt(number) + ENTRY.crc) === entryCrc(block, number);
}

/** The same without a look at its CRC: for a block whose own one is right. */
export function hasBytes(block: Uint8Array, number: number): boolean {
  return readUint16(block, entryAt(number) + ENTRY.bytes) !== 0;
}

export function eraseEntry(block: Uint8Array, number: number): void {
  block.fill(0, entryAt(number), entryAt(number) + ENTRY_BYTES);
}

/** Ends a block with its CRC, in place. */
export function sealBlock(bytes: Uint8Array, block: number): Uint8Array {
  setUint32(bytes, ENTRIES_BYTES, blockCrc(bytes, block));
  return bytes;
}

/** Whether all of it is as it was written. */
export function isSound(bytes: Uint8Array, block: number): boolean {
  return bytes.length === BLOCK_BYTES && readUint32(bytes, ENTRIES_BYTES) === blockCrc(bytes, block);
}

const blockCrc = (bytes: Uint8Array, block: number): number => crcOf(block, bytes.subarray(0, ENTRIES_BYTES));

function entryCrc(block: Uint8Array, number: number): number {
  return crcOf(number, block.subarray(entryAt(number), entryAt(number) + ENTRY.crc));
}

// Envelopes.

/** submitter 16 | deposited 4 | expires 4 | CRC of these and the storage id 4: what the envelope does not say itself. */
const STAMP_BYTES = 28;
/**
 * Longest part of an envelope. With the stamp three of 1,311 bytes fill a page of 4 KB, and five halves of 1,534: uncut,
 * two of those would leave a quarter of it empty. Of a chunk's thirds two fill a page; uncut it would take two pages.
 */
const PART_BYTES = 1311;
const CHUNK_PART_BYTES = CHUNK_ENVELOPE_BYTES / 3;

/** Of the keys of one envelope. */
export const envelopePrefix = (number: number): Uint8Array => partKey(number, 0);

/** The first part lies under the prefix itself. */
export function partKey(number: number, part: number): Uint8Array {
  const key = new Uint8Array(ENVELOPE_PREFIX.length + NUMBER_BYTES + (part === 0 ? 0 : 1));
  key.set(ENVELOPE_PREFIX);
  setUint48(key, ENVELOPE_PREFIX.length, number);
  if (part > 0) key[key.length - 1] = part;
  return key;
}

export const numberOfEnvelopeKey = (key: Uint8Array): number => readUint48(key, ENVELOPE_PREFIX.length);

/** How many keys an envelope of so many bytes has. */
export const partsOf = (bytes: number): number =>
  Math.ceil(bytes / (bytes === CHUNK_ENVELOPE_BYTES ? CHUNK_PART_BYTES : PART_BYTES));

/** The values of an envelope's keys, each in pieces. */
export function encodeEnvelope(number: number, record: MailRecord, envelope: Uint8Array): Uint8Array[][] {
  const parts = partsOf(envelope.length);
  const size = Math.ceil(envelope.length / parts);
  return Array.from({ length: parts }, (_, part) => {
    const piece = parts === 1 ? envelope : envelope.subarray(part * size, (part + 1) * size);
    return part === 0 ? stamped(piece, number, record) : [piece];
  });
}

/** @param parts those values, in order */
export function decodeEnvelope(parts: readonly Uint8Array[]): Uint8Array {
  return concat(...parts).subarray(STAMP_BYTES);
}

/**
 * All that an entry says, from the envelope and its stamp; undefined when either is damaged.
 * @param storageIdOf the hash of an envelope
 */
export function recordFromEnvelope(
  number: number,
  parts: readonly Uint8Array[],
  storageIdOf: (envelope: Uint8Array) => Uint8Array,
): MailRecord | undefined {
  const [stamp] = parts;
  const envelope = decodeEnvelope(parts);
  if (!stamp || !isEnvelopeSize(envelope.length)) return undefined;
  const record = {
    storageId: storageIdOf(envelope),
    submitter: stamp.slice(0, 16),
    deposited: readUint32(stamp, 16),
    expires: readUint32(stamp, 20),
    bytes: envelope.length,
  };
  // The storage id is in the CRC, and it is the envelope's hash: the version byte and all the rest are as they were.
  if (readUint32(stamp, 24) !== stampCrc(number, stamp.subarray(0, 24), record.storageId)) return undefined;
  const { mailbox, tag } = readEnvelopeHeader(envelope);
  return { ...record, mailbox: mailbox.slice(0, NAME_BYTES), tag: copyOf(tag) };
}

/** The first part of an envelope behind its stamp: the pieces of its value. */
export function stamped(part: Uint8Array, number: number, record: MailRecord): Uint8Array[] {
  return [encodeStamp(number, record), part];
}

/** The first part of an envelope from such a value. */
export const unstamped = (value: Uint8Array): Uint8Array => value.subarray(STAMP_BYTES);

function encodeStamp(number: number, record: MailRecord): Uint8Array {
  const stamp = new Uint8Array(STAMP_BYTES);
  stamp.set(record.submitter);
  setUint32(stamp, 16, record.deposited);
  setUint32(stamp, 20, record.expires);
  setUint32(stamp, 24, stampCrc(number, stamp.subarray(0, 24), record.storageId));
  return stamp;
}

function stampCrc(number: number, fields: Uint8Array, storageId: Uint8Array): number {
  return crc32(storageId, crcOf(number, fields));
}

/**
 * Of another number's bytes it is another one: what lies in a wrong place is as good as damaged. The high bits, which
 * are 0 unless the disk spoiled a key, are spread so that no two bits of it make up for each other.
 */
function crcOf(number: number, bytes: Uint8Array): number {
  return crc32(bytes, (number ^ Math.imul(number / 2 ** 32, SPREAD)) >>> 0);
}

// Totals.

export interface Totals {
  /** The greatest number that was ever given. */
  readonly lastNumber: number;
  readonly messages: number;
}

export function encodeTotals({ lastNumber, messages }: Totals): Uint8Array {
  return withCrc(sequenceKey(lastNumber), sequenceKey(messages));
}

/** undefined when it is damaged. */
export function decodeTotals(value: Uint8Array): Totals | undefined {
  const body = withoutCrc(value);
  if (body?.length !== 16) return undefined;
  return { lastNumber: readSequence(body), messages: readSequence(body.subarray(8)) };
}

function setUint48(bytes: Uint8Array, at: number, value: number): void {
  const high = Math.floor(value / 2 ** 32);
  bytes[at] = high >>> 8;
  bytes[at + 1] = high;
  setUint32(bytes, at + 2, value % 2 ** 32);
}

function readUint48(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)) * 2 ** 32 + readUint32(bytes, at + 2);
}

function setUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
