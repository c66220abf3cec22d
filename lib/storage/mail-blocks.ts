import type { Store, WriteBatch } from '../store/store';
import {
  BLOCK_ENTRIES,
  blockKey,
  blockOf,
  decodeEntry,
  encodeEntry,
  ENTRY_BYTES,
  isUsed,
  type MailRecord,
  placeOf,
} from './mail-records';

/**
 * The blocks of entries. Those that differ from the disk are held here: the one that new mail is added to, those that
 * the wave under way changes, and what a start found damaged.
 */
export class MailBlocks {
  readonly #store: Store;
  readonly #changed = new Map<number, Uint8Array>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** undefined when there is nothing about a number, or it is damaged. */
  record(number: number): MailRecord | undefined {
    const block = blockOf(number);
    const bytes = this.#changed.get(block) ?? this.#store.get(blockKey(block));
    return bytes && decodeEntry(number, placeOf(bytes, number));
  }

  set(number: number, record: MailRecord): void {
    encodeEntry(placeOf(this.#edited(blockOf(number)), number), number, record);
  }

  remove(number: number): void {
    placeOf(this.#edited(blockOf(number)), number).fill(0);
  }

  /** Adds to a batch the changed blocks below `open`, whose numbers are all given. An empty one is not kept. */
  save(batch: WriteBatch, open: number): void {
    for (const [block, bytes] of this.#changed) {
      if (block >= open) continue;
      if (isUsed(bytes)) batch.put(blockKey(block), bytes);
      else batch.delete(blockKey(block));
      batch.afterCommit(() => this.#changed.delete(block));
    }
  }

  #edited(block: number): Uint8Array {
    const known = this.#changed.get(block);
    if (known) return known;
    const bytes = new Uint8Array(BLOCK_ENTRIES * ENTRY_BYTES);
    const stored = this.#store.get(blockKey(block));
    if (stored?.length === bytes.length) bytes.set(stored);
    this.#changed.set(block, bytes);
    return bytes;
  }
}
