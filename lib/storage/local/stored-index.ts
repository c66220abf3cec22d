import type { Store } from '../../store/store';
import { afterPrefix } from '../../store/table';
import {
  BLOCK_PREFIX,
  blockKey,
  blockOfKey,
  decodeTotals,
  entryAt,
  ENVELOPE_PREFIX,
  envelopePrefix,
  firstOf,
  hasBytes,
  hasNumbers,
  isEntry,
  isSound,
  MAX_NUMBER,
  type MailRecord,
  numberOfEnvelopeKey,
  recordFromEnvelope,
  TOTALS_KEY,
} from './mail-records';
import { MailBlocks } from './mail-blocks';
import { MailTable } from './mail-table';
import { viewOf } from './name-table';

/** What a store holds of mail, as it is at a start. */
export interface StoredIndex {
  readonly table: MailTable;
  /** With the entries that no block on the disk has: of the last numbers, and of damaged blocks. */
  readonly blocks: MailBlocks;
  /** Numbers of envelopes that are damaged and that nothing else knows of. */
  readonly damaged: number[];
  lastNumber: number;
}

type StorageIdOf = (envelope: Uint8Array) => Uint8Array;

/**
 * Reads the blocks, and the envelopes that no block has yet. Where a block is damaged or missing, all envelopes are
 * read: that takes seconds where there are a million, and loses nothing.
 */
export function readStoredIndex(store: Store, storageIdOf: StorageIdOf): StoredIndex {
  const totals = readTotals(store);
  const mail: StoredIndex = {
    table: new MailTable(totals?.messages),
    blocks: new MailBlocks(store),
    damaged: [],
    lastNumber: totals?.lastNumber ?? 0,
  };
  const { isWhole, next } = readBlocks(store, mail);
  // Where a key is spoiled `next` may be any number.
  if (isWhole) readEnvelopes(store, mail, next, storageIdOf);
  if (!isWhole || mail.table.total.messages !== totals?.messages) readEnvelopes(store, mail, 0, storageIdOf);
  return mail;
}

function readTotals(store: Store) {
  const value = store.get(TOTALS_KEY);
  return value && decodeTotals(value);
}

/** `next`: the first number behind all blocks. */
function readBlocks(store: Store, mail: StoredIndex): { isWhole: boolean; next: number } {
  let isWhole = true;
  let next = 0;
  const read = (block: number) => (bytes: Uint8Array) => {
    // One CRC over all of them is computed much faster than one for each, and a block is seldom damaged.
    const sound = hasNumbers(block) && isSound(bytes, block);
    if (!sound) isWhole = false;
    if (!hasNumbers(block)) return sound;
    const view = viewOf(bytes);
    for (let number = firstOf(block); number < firstOf(block + 1); number++) {
      if (sound ? hasBytes(bytes, number) : isEntry(bytes, number)) {
        mail.table.fill(number, view, entryAt(number));
        mail.lastNumber = Math.max(mail.lastNumber, number);
      }
    }
    next = firstOf(block + 1);
    return sound;
  };
  for (let block = firstBlock(store, 0); block !== undefined;) {
    const sound = store.peek(blockKey(block), read(block));
    if (sound === false) mail.blocks.repair(block);
    block = sound === undefined || !hasNumbers(block) ? firstBlock(store, block + 1) : block + 1;
  }
  mail.table.link();
  return { isWhole, next };
}

/** The first block from a number on; none behind the last that a key can name. */
function firstBlock(store: Store, from: number): number | undefined {
  if (from > MAX_NUMBER) return undefined;
  for (const [key] of store.range({ gte: blockKey(from), lt: afterPrefix(BLOCK_PREFIX), limit: 1 })) {
    return blockOfKey(key);
  }
  return undefined;
}

/** Adds the mail from a number on that is not known yet. */
function readEnvelopes(store: Store, mail: StoredIndex, from: number, storageIdOf: StorageIdOf): void {
  const known = new Set(from === 0 ? mail.table.numbers() : []);
  for (const number of mail.damaged) known.add(number);
  for (const [number, parts] of envelopesFrom(store, from)) {
    if (known.has(number)) continue;
    const record = recordFromEnvelope(number, parts, storageIdOf);
    if (record) {
      add(mail, number, mail.blocks.set(number, record));
    } else {
      mail.damaged.push(number);
      mail.lastNumber = Math.max(mail.lastNumber, number);
    }
  }
}

function add(mail: StoredIndex, number: number, block: Uint8Array): void {
  mail.table.add(number, block, entryAt(number));
  mail.lastNumber = Math.max(mail.lastNumber, number);
}

/** The values under each number, in order. */
function* envelopesFrom(store: Store, from: number): Generator<[number: number, parts: Uint8Array[]]> {
  let current = -1;
  let parts: Uint8Array[] = [];
  for (const [key, value] of store.range({ gte: envelopePrefix(from), lt: afterPrefix(ENVELOPE_PREFIX) })) {
    const number = numberOfEnvelopeKey(key);
    if (number !== current && parts.length > 0) yield [current, parts];
    if (number !== current) parts = [];
    current = number;
    parts.push(value);
  }
  if (parts.length > 0) yield [current, parts];
}

/** What the envelope of a number and its stamp say; for when its block is damaged. */
export function recordOfEnvelope(
  store: Store,
  number: number,
  storageIdOf: StorageIdOf,
): MailRecord | undefined {
  const prefix = envelopePrefix(number);
  const parts = Array.from(store.range({ gte: prefix, lt: afterPrefix(prefix) }), ([, value]) => value);
  return recordFromEnvelope(number, parts, storageIdOf);
}
