import { ByteMap } from '../../byte-map';
import { sameBytes } from '../../bytes';
import { PeerMap } from '../../peer-map';
import type { SecretVault, SlotRef } from '../../store/vault/secret-vault';
import type { Store, WriteBatch } from '../../store/store';
import { Table } from '../../store/table';
import type { PublicKey } from '../../types';
import {
  batchKey,
  readBatchKey,
  type IssuedBatchRecord,
  type IssuedKey,
  type IssuedKeyRecord,
} from '../key-records';
import { CompactIssuedKey, issuedKeyForm } from '../compact-keys';

export interface IssuedBatch {
  readonly batch: number;
  readonly record: IssuedBatchRecord;
  /** Live keys by index. */
  readonly keys: Map<number, IssuedKey>;
}

/**
 * The batches of our own keys and which of their keys are alive, durable. Memory follows the durable state: it
 * changes when a batch of writes is committed.
 */
export class IssuedBatches {
  readonly #vault: SecretVault;
  readonly #batches: Table<IssuedBatchRecord>;
  readonly #keys: Table<IssuedKeyRecord>;
  readonly #peers = new PeerMap<Map<number, IssuedBatch>>();
  readonly #byTag = new ByteMap<IssuedKey>();
  #lastOrder = 0;

  constructor({ store, vault }: { store: Store; vault: SecretVault }) {
    this.#vault = vault;
    this.#batches = new Table(store, 'issued-batch');
    this.#keys = new Table(store, 'issued-key', issuedKeyForm);
    for (const { rest, record } of this.#batches.entries()) {
      const batch = readBatchKey(rest.subarray(32, 35));
      this.#of(rest.slice(0, 32)).set(batch, { batch, record, keys: new Map() });
      this.#lastOrder = Math.max(this.#lastOrder, record.order);
    }
    let peer: PublicKey = new Uint8Array();
    for (const { rest, record } of this.#keys.entries()) {
      // All keys of a peer share it: an array for each would be a good part of what they take.
      if (!sameBytes(peer, rest.subarray(0, 32))) peer = rest.slice(0, 32);
      const batch = readBatchKey(rest.subarray(32, 35));
      const owner = this.find(peer, batch);
      if (owner === undefined) continue;
      this.#add(owner, record, { peer, batch, index: rest[35] ?? 0, order: owner.record.order });
    }
  }

  /** The live key under a tag. */
  key(tag: Uint8Array): IssuedKey | undefined {
    return this.#byTag.get(tag);
  }

  /** Every slot in use: those of the keys, and those of the offers. */
  *refs(): Generator<SlotRef> {
    for (const { ref } of this.#byTag.values()) yield ref;
    for (const batches of this.#peers.values()) {
      for (const { record } of batches.values()) if (record.offer !== undefined) yield record.offer.ref;
    }
  }

  find(peer: PublicKey, batch: number): IssuedBatch | undefined {
    return this.#peers.get(peer)?.get(batch);
  }

  /** Oldest first. */
  of(peer: PublicKey): IssuedBatch[] {
    const batches = this.#peers.get(peer)?.values() ?? [];
    return [...batches].sort((a, b) => a.record.order - b.record.order);
  }

  /** Those that may be offered to the peer again, oldest first. */
  waiting(peer: PublicKey): IssuedBatch[] {
    return this.of(peer).filter(({ record }) => record.offer !== undefined);
  }

  /** Peers with batches. */
  peers(): PublicKey[] {
    return [...this.#peers.keys()];
  }

  /** Rises with every batch for any peer. */
  nextOrder(): number {
    this.#lastOrder += 1;
    return this.#lastOrder;
  }

  add(writes: WriteBatch, peer: PublicKey, record: IssuedBatchRecord, keys: readonly IssuedKey[]): void {
    const [first] = keys;
    if (first === undefined) return;
    const issued: IssuedBatch = { batch: first.batch, record, keys: new Map() };
    this.#batches.put(writes, [peer, batchKey(first.batch)], record);
    for (const { publicKey, tag, ref, wrapped, batch, index } of keys) {
      const record = { publicKey, tag, ref, wrapped };
      this.#keys.put(writes, [peer, batchKey(batch), new Uint8Array([index])], record);
    }
    writes.afterCommit(() => {
      this.#of(peer).set(first.batch, issued);
      for (const key of keys) this.#add(issued, key, key);
    });
  }

  update(
    writes: WriteBatch,
    peer: PublicKey,
    batch: number,
    change: Partial<Pick<IssuedBatchRecord, 'sentAt' | 'mailed'>>,
  ): void {
    const found = this.find(peer, batch);
    if (found === undefined) return;
    this.#batches.put(writes, [peer, batchKey(batch)], { ...found.record, ...change });
    writes.afterCommit(() => Object.assign(found.record, change));
  }

  /** The batch was taken, or is never offered again: with `writes` its exchange is gone, and the seed with it. */
  closeOffer(writes: WriteBatch, peer: PublicKey, batch: number, how: { acknowledged?: true } = {}): void {
    const found = this.find(peer, batch);
    if (found === undefined) return;
    const { offer, ...record } = found.record;
    if (offer !== undefined) this.#vault.erase(writes, [offer.ref]);
    this.#batches.put(writes, [peer, batchKey(batch)], { ...record, ...how });
    writes.afterCommit(() => {
      delete found.record.offer;
      Object.assign(found.record, how);
    });
  }

  /**
   * These keys of one batch are dead with `writes`; the batch and its offer go with its last. The secrets of the keys are
   * not touched.
   */
  drop(writes: WriteBatch, peer: PublicKey, issued: IssuedBatch, dead: readonly IssuedKey[]): void {
    const { batch, record, keys } = issued;
    for (const { index } of dead) this.#keys.delete(writes, [peer, batchKey(batch), new Uint8Array([index])]);
    if (dead.length === keys.size) {
      this.#batches.delete(writes, [peer, batchKey(batch)]);
      if (record.offer !== undefined) this.#vault.erase(writes, [record.offer.ref]);
    }
    writes.afterCommit(() => {
      for (const { tag, index } of dead) {
        this.#byTag.delete(tag);
        keys.delete(index);
      }
      if (keys.size === 0) this.#peers.get(peer)?.delete(batch);
    });
  }

  /** These keys of one batch are dead with `writes`, and then their secrets are erased. */
  erase(writes: WriteBatch, peer: PublicKey, issued: IssuedBatch, dead = [...issued.keys.values()]): void {
    this.drop(writes, peer, issued, dead);
    this.#vault.erase(
      writes,
      dead.map(({ ref }) => ref),
    );
  }

  /** Whose batches are all erased. */
  forget(peer: PublicKey): void {
    this.#peers.delete(peer);
  }

  #add(
    batch: IssuedBatch,
    record: IssuedKeyRecord,
    place: ConstructorParameters<typeof CompactIssuedKey>[1],
  ): void {
    const key = new CompactIssuedKey(record, place);
    batch.keys.set(key.index, key);
    this.#byTag.set(key.tag, key);
  }

  #of(peer: PublicKey): Map<number, IssuedBatch> {
    return this.#peers.getOrInsert(peer, () => new Map());
  }
}
