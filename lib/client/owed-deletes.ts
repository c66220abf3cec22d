import type { Store, WriteBatch } from '../store/store';
import { Table } from '../store/table';
import type { PublicKey } from '../types';
import { OWED_DELETE_AGE } from './limits';

/** Mail we are done with that a node still holds. */
export class OwedDeletes {
  readonly #ages: { now(): number };
  readonly #table: Table<{ at: number }>;

  constructor(parts: { store: Store; ages: { now(): number } }) {
    this.#ages = parts.ages;
    this.#table = new Table(parts.store, 'owed-delete');
  }

  owe(writes: WriteBatch, node: PublicKey, storageId: Uint8Array): void {
    this.#table.put(writes, [node, storageId], { at: this.#ages.now() });
  }

  owedTo(node: PublicKey): Uint8Array[] {
    return [...this.#table.entries(node)].map(({ rest }) => rest);
  }

  done(writes: WriteBatch, node: PublicKey, storageIds: readonly Uint8Array[]): void {
    for (const storageId of storageIds) this.#table.delete(writes, [node, storageId]);
  }

  expire(writes: WriteBatch): void {
    const oldest = this.#ages.now() - OWED_DELETE_AGE;
    for (const { rest, record } of this.#table.entries()) {
      if (record.at < oldest) this.#table.delete(writes, [rest]);
    }
  }
}
