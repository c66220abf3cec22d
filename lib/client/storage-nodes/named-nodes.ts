import { PeerSet } from '../../peer-map';
import type { Store, WriteBatch } from '../../store/store';
import { Table } from '../../store/table';
import type { PublicKey } from '../../types';

/** The storage nodes that the user named, whatever they said of themselves so far. Durable. */
export class NamedNodes {
  readonly #store: Store;
  readonly #table: Table<Record<string, never>>;
  readonly #nodes = new PeerSet();

  constructor(store: Store) {
    this.#store = store;
    this.#table = new Table(store, 'named-node');
    // The key says it all: a record that the disk spoiled is as good as another.
    for (const { rest } of this.#table.soundEntries()) this.#nodes.add(rest);
  }

  all(): PublicKey[] {
    return [...this.#nodes];
  }

  /** Durable on return. @throws ErrLocalStorageFull, ErrStore, ErrClosed */
  async add(node: PublicKey): Promise<void> {
    if (this.#nodes.has(node)) return;
    const writes = this.#store.batch();
    this.#table.put(writes, [node], {});
    writes.afterCommit(() => this.#nodes.add(node));
    await writes.commit();
  }

  /** With `writes`, when the node is no longer a friend. */
  remove(writes: WriteBatch, node: PublicKey): void {
    if (!this.#nodes.has(node)) return;
    this.#table.delete(writes, [node]);
    writes.afterCommit(() => this.#nodes.delete(node));
  }
}
