import { copyOf } from '../../bytes';
import { PeerMap } from '../../peer-map';
import type { Store } from '../../store/store';
import { Table } from '../../store/table';
import type { Logger, PublicKey } from '../../types';

const DAY = 24 * 60 * 60;
/** What was spent so long ago counts a third, seconds. */
const FADE = 7 * DAY;
/** A friend's use is written at most so often, seconds. */
const SAVE_EVERY = 600;
/** Keys spent, faded, below which no rate is told. */
const ENOUGH = 2;

interface UseRecord {
  /** Keys spent, the older ones counting less, as of `at`. */
  readonly spent: number;
  /** Ages in seconds. */
  readonly at: number;
  readonly since: number;
}

export interface KeyUseComponents {
  readonly store: Store;
  readonly ages: { now(): number };
  readonly log: Pick<Logger, 'warn'>;
}

/** How fast the keys of each friend are used, over about a week. Writes are best effort, and lose ten minutes at most. */
export class KeyUse {
  readonly #components: KeyUseComponents;
  readonly #table: Table<UseRecord>;
  readonly #use = new PeerMap<UseRecord & { savedAt: number }>();

  constructor(components: KeyUseComponents) {
    this.#components = components;
    this.#table = new Table(components.store, 'key-use');
    for (const { rest, record } of this.#table.soundEntries()) {
      if (record !== undefined) this.#use.set(rest, { ...record, savedAt: record.at });
    }
  }

  /** A message was sealed to a key of this friend's. */
  note(friend: PublicKey): void {
    const now = this.#components.ages.now();
    const before = this.#use.get(friend);
    const record = { spent: this.#spent(before, now) + 1, at: now, since: before?.since ?? now };
    const isDue = now - (before?.savedAt ?? -Infinity) >= SAVE_EVERY;
    this.#use.set(friend, { ...record, savedAt: isDue ? now : (before?.savedAt ?? now) });
    if (isDue) void this.#save(copyOf(friend), record);
  }

  /** Days that so many keys of this friend's last at the present rate; undefined while too few were used to tell. */
  daysFor(friend: PublicKey, keys: number): number | undefined {
    const now = this.#components.ages.now();
    const use = this.#use.get(friend);
    const spent = this.#spent(use, now);
    if (use === undefined || spent < ENOUGH) return undefined;
    // What comes in the first hour tells nothing of the rest of the day.
    const watched = Math.max(DAY, now - use.since);
    const perDay = spent / ((FADE / DAY) * (1 - Math.exp(-watched / FADE)));
    return keys / perDay;
  }

  /** Forgets those who are no longer friends. */
  retain(isFriend: (peer: PublicKey) => boolean): void {
    for (const peer of this.#use.keys()) {
      if (isFriend(peer)) continue;
      this.#use.delete(peer);
      void this.#save(peer, undefined);
    }
  }

  #spent(use: UseRecord | undefined, now: number): number {
    return use === undefined ? 0 : use.spent * Math.exp(-(now - use.at) / FADE);
  }

  /** Never rejects. */
  async #save(friend: PublicKey, record: UseRecord | undefined): Promise<void> {
    try {
      const batch = this.#components.store.batch();
      if (record === undefined) this.#table.delete(batch, [friend]);
      else this.#table.put(batch, [friend], record);
      await batch.commit();
    } catch (error) {
      this.#components.log.warn(`How fast keys are used could not be saved: ${String(error)}`);
    }
  }
}
