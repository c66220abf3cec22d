import { ToxAsyncError } from '../../errors';
import type { SlotRef } from './secret-vault';
import type { Store, WriteBatch } from '../store';
import { readSequence, sequenceKey, Table } from '../table';
import { LARGEST_SERIAL } from './vault-slots';

interface VaultRecord {
  readonly id: Uint8Array;
  /** Every serial used so far is below this. */
  readonly serialLimit: number;
  /** Slots that the file had, at least. */
  readonly slots: number;
}

/** Serials that one commit reserves. */
const BLOCK = 65_536;

/** What the vault keeps in the Store: which file is its own, how far its serials went, and its dead marks. */
export class VaultRecords {
  readonly #store: Store;
  readonly #vault: Table<VaultRecord>;
  readonly #dead: Table<{ readonly slot: number }>;

  constructor(store: Store) {
    this.#store = store;
    this.#vault = new Table(store, 'vault');
    this.#dead = new Table(store, 'vault-dead');
  }

  load(): VaultRecord | undefined {
    return this.#vault.get();
  }

  async save(record: VaultRecord): Promise<void> {
    const batch = this.#store.batch();
    this.#vault.put(batch, [], record);
    await batch.commit();
  }

  markDead(batch: WriteBatch, ref: SlotRef): void {
    this.#dead.put(batch, [sequenceKey(ref.serial)], { slot: ref.slot });
  }

  deadMarks(): SlotRef[] {
    return Array.from(this.#dead.entries(), ({ rest, record }) => ({
      slot: record.slot,
      serial: readSequence(rest),
    }));
  }

  async deleteMarks(refs: readonly SlotRef[]): Promise<void> {
    if (refs.length === 0) return;
    const batch = this.#store.batch();
    for (const { serial } of refs) this.#dead.delete(batch, [sequenceKey(serial)]);
    // The secrets are gone: a mark that stays is obeyed once more at the next start.
    await batch.commit({ canWait: true });
  }
}

/**
 * Serials that never repeat, even when a crash loses the slots that showed how far they went: a block of them is
 * durably reserved before its first one is used, and each start begins with a new block.
 */
export class SerialNumbers {
  readonly #reserve: (limit: number) => Promise<void>;
  #next: number;
  #limit: number;

  /** @param reserve makes durable that every serial below `limit` may be in use */
  constructor(first: number, reserve: (limit: number) => Promise<void>) {
    this.#next = first;
    this.#limit = first;
    this.#reserve = reserve;
  }

  /** `count` fresh ones. @throws what `reserve` throws */
  async take(count: number): Promise<number[]> {
    if (this.#next + count > this.#limit) {
      const limit = this.#next + count + BLOCK;
      if (limit > LARGEST_SERIAL) {
        throw new ToxAsyncError(
          'ErrStore',
          'The vault has no serial numbers left. Start with a new data directory.',
        );
      }
      await this.#reserve(limit);
      this.#limit = limit;
    }
    const first = this.#next;
    this.#next += count;
    return Array.from({ length: count }, (_, i) => first + i);
  }
}
