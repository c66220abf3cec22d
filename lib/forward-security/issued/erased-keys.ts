import { ByteSet } from '../../byte-map';
import { concat } from '../../bytes';
import { PeerMap } from '../../peer-map';
import type { Store, WriteBatch } from '../../store/store';
import { Table } from '../../store/table';
import type { PublicKey } from '../../types';
import { batchKey, type IssuedKey } from '../key-records';
import { ERASED_MEMORY, MAX_ERASED_KEYS_PER_PEER } from '../key-limits';

interface ErasedRecord {
  /** Age in seconds. */
  readonly at: number;
  /** Tags of 16 bytes, joined. */
  readonly tags: Uint8Array;
}

interface Erased {
  readonly place: Uint8Array;
  readonly at: number;
  readonly tags: ByteSet;
}

const PEER_BYTES = 32;
const TAG_BYTES = 16;

/**
 * Keys of ours that died unused because we erased them: for room, or since their secrets were lost. Their peer may hold
 * them, and seal to them, until it hears of it. That is no sign of a second copy of this identity.
 */
export class ErasedKeys {
  readonly #ages: { now(): number };
  readonly #records: Table<ErasedRecord>;
  /** Oldest first. */
  readonly #peers = new PeerMap<Erased[]>();

  constructor(parts: { readonly store: Store; readonly ages: { now(): number } }) {
    this.#ages = parts.ages;
    this.#records = new Table(parts.store, 'erased-keys');
    for (const { rest, record } of this.#records.entries()) {
      const tags = Array.from({ length: record.tags.length / TAG_BYTES }, (_, i) =>
        record.tags.subarray(i * TAG_BYTES, (i + 1) * TAG_BYTES),
      );
      const peer = rest.subarray(0, PEER_BYTES);
      this.#of(peer).push({ place: rest.slice(PEER_BYTES), at: record.at, tags: new ByteSet(tags) });
    }
    for (const erased of this.#peers.values()) erased.sort((a, b) => a.at - b.at);
  }

  /** Keys of one batch are erased with `writes`. */
  add(writes: WriteBatch, peer: PublicKey, keys: readonly IssuedKey[]): void {
    const [first] = keys;
    if (first === undefined) return;
    const place = concat(batchKey(first.batch), new Uint8Array([first.index]));
    const at = this.#ages.now();
    this.#records.put(writes, [peer, place], { at, tags: concat(...keys.map(({ tag }) => tag)) });
    const tags = new ByteSet(keys.map(({ tag }) => tag));
    writes.afterCommit(() => this.#of(peer).push({ place, at, tags }));
  }

  /** How many keys of ours the peer may hold that we erased. */
  count(peer: PublicKey): number {
    return this.#of(peer).reduce((sum, { tags }) => sum + tags.size, 0);
  }

  has(tag: Uint8Array): boolean {
    return [...this.#peers.values()].some((erased) => erased.some(({ tags }) => tags.has(tag)));
  }

  /**
   * Forgets keys to which nothing can be on its way any more, and the oldest of too many.
   * @returns the age at which the next go; Infinity: there are none
   */
  expire(writes: WriteBatch): number {
    const oldest = this.#ages.now() - ERASED_MEMORY;
    let next = Infinity;
    for (const [peer, erased] of this.#peers) {
      let count = this.count(peer);
      const gone = erased.filter(({ at, tags }) => {
        const goes = at < oldest || count > MAX_ERASED_KEYS_PER_PEER;
        if (goes) count -= tags.size;
        else next = Math.min(next, at + ERASED_MEMORY + 1);
        return goes;
      });
      for (const each of gone) this.#records.delete(writes, [peer, each.place]);
      writes.afterCommit(() =>
        erased.splice(0, erased.length, ...erased.filter((each) => !gone.includes(each))),
      );
    }
    return next;
  }

  forget(writes: WriteBatch, peer: PublicKey): void {
    for (const { place } of this.#of(peer)) this.#records.delete(writes, [peer, place]);
    writes.afterCommit(() => this.#peers.delete(peer));
  }

  #of(peer: PublicKey): Erased[] {
    return this.#peers.getOrInsert(peer, () => []);
  }
}
