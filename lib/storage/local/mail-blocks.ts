import { CRC_BYTES } from '../../store/checked-bytes';
import type { Store, WriteBatch } from '../../store/store';
import {
  BLOCK_BYTES,
  blockKey,
  blockOf,
  decodeEntry,
  encodeEntry,
  eraseEntry,
  firstOf,
  hasNumbers,
  isEntry,
  isSound,
  type MailRecord,
  sealBlock,
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
    const changed = this.#changed.get(block);
    if (changed) return decodeEntry(changed, number);
    return this.#store.peek(blockKey(block), (bytes) => decodeEntry(bytes, number));
  }

  /** The entry of a number greater than all before. Gives the block. */
  add(number: number, record: MailRecord): Uint8Array {
    const block = blockOf(number);
    // Nothing sound is there: the look would be the only one into the store of all that new mail takes.
    if (number === firstOf(block)) this.#changed.set(block, new Uint8Array(BLOCK_BYTES));
    return this.set(number, record);
  }

  /** Gives the block. */
  set(number: number, record: MailRecord): Uint8Array {
    const block = this.#edited(blockOf(number));
    encodeEntry(block, number, record);
    return block;
  }

  remove(number: number): void {
    eraseEntry(this.#edited(blockOf(number)), number);
  }

  /**
   * Adds to a batch the changed blocks but for `open`, not all of whose numbers are given. An empty one is not kept:
   * what lies above `open` has a key that the disk spoiled.
   */
  save(batch: WriteBatch, open: number): void {
    for (const [block, bytes] of this.#changed) {
      if (block === open) continue;
      if (bytes.some((byte) => byte !== 0)) batch.put(blockKey(block), sealBlock(bytes, block));
      else batch.delete(blockKey(block));
      batch.afterCommit(() => this.#changed.delete(block));
    }
  }

  /** What is sound of a damaged block is rewritten with the next wave. */
  repair(block: number): void {
    this.#edited(block);
  }

  #edited(block: number): Uint8Array {
    const known = this.#changed.get(block);
    if (known) return known;
    const bytes = new Uint8Array(BLOCK_BYTES);
    const stored = this.#store.get(blockKey(block));
    if (stored?.length === BLOCK_BYTES && hasNumbers(block)) {
      // Without the CRC of the whole, which is recomputed: it must vouch for no damaged entry.
      bytes.set(stored.subarray(0, -CRC_BYTES));
      if (!isSound(stored, block)) eraseDamaged(bytes, block);
    }
    this.#changed.set(block, bytes);
    return bytes;
  }
}

function eraseDamaged(bytes: Uint8Array, block: number): void {
  for (let number = firstOf(block); number < firstOf(block + 1); number++) {
    if (!isEntry(bytes, number)) eraseEntry(bytes, number);
  }
}
