import { copyOf, toHex } from '../../bytes';
import { PeerMap } from '../../peer-map';
import type { Store, WriteBatch } from '../../store/store';
import { Table } from '../../store/table';
import type { Logger, PublicKey } from '../../types';

/** What a friend last said of itself as a storage node, and of the nodes it polls itself. */
export interface NodeRecord {
  readonly acceptsStores: boolean;
  readonly openNode: boolean;
  /** It holds mail for us. */
  readonly holdsMail: boolean;
  /** 8-byte hints of the nodes it polls (docs/PROTOCOL.md, "Names"). */
  readonly hints: readonly Uint8Array[];
  /** Its own Tox address, 38 bytes, if it is an open node and says it. */
  readonly address: Uint8Array | undefined;
  /** Tox addresses of open nodes that it polls. */
  readonly openNodes: readonly Uint8Array[];
  /** Age in seconds, to the hour, at which it was last heard of: a session, a receipt, or mail that it sealed. */
  readonly heardAt: number;
  /** A message for it got lost at nodes, although it was there. */
  readonly withheld: boolean;
  /** A state of it came to this directory: what it knows of ours that this directory does not, another copy made. */
  readonly hasMet: boolean;
}

const UNKNOWN: NodeRecord = {
  acceptsStores: false,
  openNode: false,
  holdsMail: false,
  hints: [],
  address: undefined,
  openNodes: [],
  heardAt: 0,
  withheld: false,
  hasMet: false,
};

/**
 * The records of all friends we ever had a session with. Writes are best effort: a friend says it all again in
 * its next session, so a failed one is only logged.
 */
export class NodeRecords {
  readonly #store: Store;
  readonly #log: Logger;
  readonly #table: Table<NodeRecord>;
  readonly #records = new PeerMap<{ readonly peer: PublicKey; readonly record: NodeRecord }>();

  constructor(store: Store, log: Logger) {
    this.#store = store;
    this.#log = log;
    this.#table = new Table(store, 'node');
    for (const { rest, record } of this.#table.soundEntries()) {
      const peer = copyOf(rest);
      this.#records.set(peer, { peer, record: { ...UNKNOWN, ...record } });
    }
  }

  get(peer: PublicKey): NodeRecord | undefined {
    return this.#records.get(peer)?.record;
  }

  all(): { readonly peer: PublicKey; readonly record: NodeRecord }[] {
    return [...this.#records.values()];
  }

  /** Writes only what differs from the record there is. */
  update(peer: PublicKey, change: Partial<NodeRecord>): void {
    const old = this.get(peer);
    const record = { ...(old ?? UNKNOWN), ...change };
    if (old && isSame(old, record)) return;
    const key = copyOf(peer);
    this.#records.set(peer, { peer: key, record });
    void this.#write((batch) => this.#table.put(batch, [key], record));
  }

  delete(peer: PublicKey): void {
    if (!this.#records.delete(peer)) return;
    void this.#write((batch) => this.#table.delete(batch, [peer]));
  }

  /** Never rejects. */
  async #write(change: (batch: WriteBatch) => void): Promise<void> {
    try {
      const batch = this.#store.batch();
      change(batch);
      await batch.commit();
    } catch (error) {
      this.#log.warn(`The details of a storage node could not be saved: ${String(error)}`);
    }
  }
}

function isSame(a: NodeRecord, b: NodeRecord): boolean {
  return (
    a.acceptsStores === b.acceptsStores &&
    a.openNode === b.openNode &&
    a.holdsMail === b.holdsMail &&
    a.heardAt === b.heardAt &&
    a.withheld === b.withheld &&
    a.hasMet === b.hasMet &&
    listed(a.hints) === listed(b.hints) &&
    listed(a.address === undefined ? [] : [a.address]) ===
      listed(b.address === undefined ? [] : [b.address]) &&
    listed(a.openNodes) === listed(b.openNodes)
  );
}

function listed(parts: readonly Uint8Array[]): string {
  return parts.map(toHex).join();
}
