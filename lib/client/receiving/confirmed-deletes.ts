import { ByteMap } from '../../byte-map';
import type { PublicKey } from '../../types';
import type { Item } from './mail-list';

/** Most that is remembered of one node; the oldest goes first. */
const MAX_REMEMBERED = 4096;
/** Seconds by which two machines may count apart. */
const SLACK = 60;

/** What nodes confirmed in this run as deleted, and the age at which we asked for it: mail from before is gone. */
export class ConfirmedDeletes {
  readonly #ages: { now(): number };
  /** Node -> storage id -> age at which the delete was asked for, the oldest first. */
  readonly #asked = new ByteMap<ByteMap<number>>();

  constructor(parts: { ages: { now(): number } }) {
    this.#ages = parts.ages;
  }

  /** @param askedAt age before the request went out */
  note(node: PublicKey, storageIds: readonly Uint8Array[], askedAt: number): void {
    const asked = this.#asked.getOrInsert(node, () => new ByteMap());
    for (const storageId of storageIds) {
      asked.delete(storageId);
      asked.set(storageId, askedAt);
    }
    for (const oldest of asked.keys()) {
      if (asked.size <= MAX_REMEMBERED) break;
      asked.delete(oldest);
    }
  }

  /** The node lists mail that it confirmed as deleted, and it is no new deposit of it. */
  contradicts(node: PublicKey, { storageId, age }: Pick<Item, 'storageId' | 'age'>): boolean {
    const askedAt = this.#asked.get(node)?.get(storageId);
    return askedAt !== undefined && this.#ages.now() - age < askedAt - SLACK;
  }

  /** The peer is no longer a friend. */
  forget(node: PublicKey): void {
    this.#asked.delete(node);
  }
}
