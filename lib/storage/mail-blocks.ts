import type { Store, WriteBatch } from '../store/store';
import {
  BLOCK_ENTRIES,
  blockKey,
  blockOf,
  decodeEntry,
  ENTRY_BYTES,
  isUsed,
  type MailRecord,
  placeOf,
} from './mail-records';

/** The blocks of entries that one wave changes: each is read once and written once. */
export class BlockEdits {
  readonly #store: Store;
  readonly #blocks = new Map<number, Uint8Array>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Puts the entry of a number in its place; undefined takes it away. */
  set(number: number, entry: Uint8Array | undefined): void {
    const place = placeOf(this.#edited(blockOf(number)), number);
    if (entry) place.set(entry);
    else place.fill(0);
  }

  /** A block with nothing in it is not kept. */
  write(batch: WriteBatch): void {
    for (const [block, bytes] of this.#blocks) {
      if (isUsed(bytes)) batch.put(blockKey(block), bytes);
      else batch.delete(blockKey(block));
    }
  }

  #edited(block: number): Uint8Array {
    const known = this.#blocks.get(block);
    if (known) return known;
    const bytes = new Uint8Array(BLOCK_ENTRIES * ENTRY_BYTES);
    const stored = this.#store.get(blockKey(block));
    if (stored?.length === bytes.length) bytes.set(stored);
    this.#blocks.set(block, bytes);
    return bytes;
  }
}

/** What a block that is durable says of a number. undefined when that is nothing, or damaged. */
export function recordInBlock(store: Store, number: number): MailRecord | undefined {
  const block = store.get(blockKey(blockOf(number)));
  return block && decodeEntry(number, placeOf(block, number));
}
