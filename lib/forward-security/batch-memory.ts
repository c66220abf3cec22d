import { copyOf } from '../bytes';
import { PeerMap } from '../peer-map';
import type { Store, WriteBatch } from '../store/store';
import { bareBytes } from '../store/record-form';
import { afterPrefix, readSequence, SEQUENCE_BYTES, sequenceKey, Table } from '../store/table';
import type { PublicKey } from '../types';
import { BATCH_FORGETTABLE_AFTER, BATCH_MEMORY } from './key-limits';
import { batchKey, orderedBatch, type OrderedBatch } from './key-records';

/** The batches that a peer's newest `state` named. */
interface ListedRecord {
  readonly batches: readonly number[];
  /** It came after all batches below this place. */
  readonly before: number;
}

const PEER_BYTES = 32;

/**
 * Which batches of keys we took from each peer, so that none is ever added twice. Some 150 bytes on the disk for each,
 * and none in memory: with lists as long as they may get, a start and an exchange cost what they cost with short ones.
 */
export class BatchMemory {
  readonly #store: Store;
  readonly #ages: { now(): number };
  readonly #most: number;
  /** By number: the hash of the batch's list of keys. */
  readonly #hashes: Table<Uint8Array>;
  /** In the order in which they were taken. */
  readonly #order: Table<OrderedBatch>;
  readonly #listed: Table<ListedRecord>;
  /** Per peer the last place given away in this run, durable or not. */
  readonly #given = new PeerMap<number>();
  /** Age before which none is past its time. */
  #nextAt = 0;

  /** @param parts.most batches of one peer */
  constructor(parts: { readonly store: Store; readonly ages: { now(): number }; readonly most: number }) {
    this.#store = parts.store;
    this.#ages = parts.ages;
    this.#most = parts.most;
    this.#hashes = new Table(parts.store, 'held-batch', bareBytes);
    this.#order = new Table(parts.store, 'held-order', orderedBatch);
    this.#listed = new Table(parts.store, 'held-listed');
  }

  /** Peers of whom a batch is remembered. */
  *peers(): Generator<PublicKey> {
    const all = this.#order.key();
    let gte = all;
    for (;;) {
      const [next] = this.#store.range({ gte, lt: afterPrefix(all), limit: 1 });
      if (next === undefined) return;
      const peer = next[0].slice(all.length, all.length + PEER_BYTES);
      yield peer;
      gte = afterPrefix(this.#order.key(peer));
    }
  }

  knows(peer: PublicKey): boolean {
    return this.#place(peer, 'oldest') !== undefined;
  }

  /** SHA-256 of the list of keys of a batch that was taken. */
  hashOf(peer: PublicKey, batch: number): Uint8Array | undefined {
    const hash = this.#hashes.get(peer, batchKey(batch));
    return hash && copyOf(hash);
  }

  /**
   * Remembers a batch; at the cap one is forgotten for it.
   * @param isUsable whether a key of a batch is still there to seal to
   * @returns false, and writes nothing, when none of those remembered may be forgotten
   */
  add(
    writes: WriteBatch,
    peer: PublicKey,
    batch: number,
    listHash: Uint8Array,
    isUsable: (batch: number) => boolean,
  ): boolean {
    const next = this.#next(peer);
    const oldest = this.#place(peer, 'oldest') ?? next;
    // Places in the middle are free once something was forgotten there: at the cap one goes for each that comes.
    if (next - oldest >= this.#most && !this.#forgetOne(writes, peer, isUsable)) return false;
    this.#hashes.put(writes, [peer, batchKey(batch)], listHash);
    const takenAt = this.#ages.now();
    this.#order.put(writes, [peer, sequenceKey(next)], { batch, takenAt });
    // A sweep before that does not see it, and would forget its time again.
    writes.afterCommit(() => (this.#nextAt = Math.min(this.#nextAt, endOf(takenAt))));
    this.#given.set(peer, next);
    return true;
  }

  /** The peer said which of its batches have living keys. */
  noteListed(writes: WriteBatch, peer: PublicKey, batches: readonly number[]): void {
    const known = this.#listed.get(peer);
    const before = this.#next(peer);
    const isSame = known?.before === before && known.batches.join() === batches.join();
    if (!isSame) this.#listed.put(writes, [peer], { batches, before });
  }

  /** Forgets what was taken too long ago to matter. @returns the age at which the next goes; Infinity: there is none */
  expire(writes: WriteBatch): number {
    const now = this.#ages.now();
    if (now < this.#nextAt) return this.#nextAt;
    let next = Infinity;
    let isWhole = true;
    for (const peer of this.peers()) {
      for (const { rest, record } of this.#order.entries(peer)) {
        const endsAt = endOf(record.takenAt);
        if (endsAt > now) {
          next = Math.min(next, endsAt);
          break;
        }
        this.#delete(writes, peer, rest, record.batch);
        isWhole = false;
      }
    }
    // What is deleted is looked for once more, since the disk may refuse that.
    if (isWhole) this.#nextAt = next;
    return next;
  }

  forget(writes: WriteBatch, peer: PublicKey): void {
    for (const { rest, record } of this.#order.entries(peer)) this.#delete(writes, peer, rest, record.batch);
    this.#listed.delete(writes, [peer]);
    writes.afterCommit(() => this.#given.delete(peer));
  }

  /** The oldest whose loss costs nothing: an old mail with its keys would else be taken for new ones. */
  #forgetOne(writes: WriteBatch, peer: PublicKey, isUsable: (batch: number) => boolean): boolean {
    const youngest = this.#ages.now() - BATCH_FORGETTABLE_AFTER;
    const listed = this.#listed.get(peer);
    for (const { rest, record } of this.#order.entries(peer)) {
      const { batch, takenAt } = record;
      if (takenAt >= youngest) return false;
      const isListed = readSequence(rest) < (listed?.before ?? 0) && listed?.batches.includes(batch);
      if (isListed === true || isUsable(batch)) continue;
      this.#delete(writes, peer, rest, batch);
      return true;
    }
    return false;
  }

  #delete(writes: WriteBatch, peer: PublicKey, place: Uint8Array, batch: number): void {
    this.#hashes.delete(writes, [peer, batchKey(batch)]);
    this.#order.delete(writes, [peer, place]);
  }

  #next(peer: PublicKey): number {
    return Math.max(this.#place(peer, 'newest') ?? 0, this.#given.get(peer) ?? 0) + 1;
  }

  /** The first or last place in the order that is taken. */
  #place(peer: PublicKey, which: 'oldest' | 'newest'): number | undefined {
    const gte = this.#order.key(peer);
    const range = { gte, lt: afterPrefix(gte), limit: 1, reverse: which === 'newest' };
    const [entry] = this.#store.range(range);
    return entry && readSequence(entry[0].subarray(entry[0].length - SEQUENCE_BYTES));
  }
}

/** The age at which a batch is forgotten. */
function endOf(takenAt: number): number {
  return takenAt + BATCH_MEMORY + 1;
}
