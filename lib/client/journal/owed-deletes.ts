import { ByteSet } from '../../byte-map';
import { PeerMap } from '../../peer-map';
import type { Store, WriteBatch } from '../../store/store';
import { Table } from '../../store/table';
import type { PublicKey } from '../../types';
import { OWED_DELETE_AGE } from '../client-limits';

const NODE_BYTES = 32;
/** Most that is owed to one node. What it lists beyond them is owed when it lists it again, or is gone by then. */
const MAX_OWED = 4096;

/** Mail we no longer need that a node still holds. */
export class OwedDeletes {
  readonly #ages: { now(): number };
  readonly #table: Table<{ at: number }>;
  /** Per node the storage ids in the table. */
  readonly #owed = new PeerMap<ByteSet>();

  constructor(parts: { store: Store; ages: { now(): number } }) {
    this.#ages = parts.ages;
    this.#table = new Table(parts.store, 'owed-delete');
    for (const { rest } of this.#table.entries()) {
      this.#owedIn(rest.subarray(0, NODE_BYTES)).add(rest.subarray(NODE_BYTES));
    }
  }

  owe(writes: WriteBatch, node: PublicKey, storageId: Uint8Array): void {
    const owed = this.#owed.get(node);
    if (owed !== undefined && !owed.has(storageId) && owed.size >= MAX_OWED) return;
    this.#table.put(writes, [node, storageId], { at: this.#ages.now() });
    writes.afterCommit(() => this.#owedIn(node).add(storageId));
  }

  /** As far as it is durable. */
  owes(node: PublicKey, storageId: Uint8Array): boolean {
    return this.#owed.get(node)?.has(storageId) ?? false;
  }

  owedTo(node: PublicKey): Uint8Array[] {
    if (!this.#owed.has(node)) return [];
    return [...this.#table.entries(node)].map(({ rest }) => rest);
  }

  done(writes: WriteBatch, node: PublicKey, storageIds: readonly Uint8Array[]): void {
    for (const storageId of storageIds) this.#delete(writes, node, storageId);
  }

  /** @returns the age at which the next of the others goes; Infinity: there is none */
  expire(writes: WriteBatch): number {
    const oldest = this.#ages.now() - OWED_DELETE_AGE;
    let next = Infinity;
    for (const { rest, record } of this.#table.entries()) {
      if (record.at < oldest) this.#delete(writes, rest.slice(0, NODE_BYTES), rest.slice(NODE_BYTES));
      else next = Math.min(next, record.at + OWED_DELETE_AGE + 1);
    }
    return next;
  }

  #delete(writes: WriteBatch, node: PublicKey, storageId: Uint8Array): void {
    this.#table.delete(writes, [node, storageId]);
    writes.afterCommit(() => {
      const owed = this.#owedIn(node);
      owed.delete(storageId);
      if (owed.size === 0) this.#owed.delete(node);
    });
  }

  #owedIn(node: PublicKey): ByteSet {
    return this.#owed.getOrInsert(node, () => new ByteSet());
  }
}
