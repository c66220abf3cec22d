import type { Outcome } from '../../client/messages';
import type { Emitter } from '../../platform/emitter';
import type { Store, WriteBatch } from '../../store/store';
import { readSequence, sequenceKey, Table } from '../../store/table';
import type { AsyncManagerEvents } from '../events';
import { EMPTY_HOUR, type HistoryHour, type HourCounts, type HourRecord } from './hour';

const HOUR_S = 3600;
/** Hours that are remembered: a week. */
export const HISTORY_HOURS = 168;

/** What an outcome adds to; the others add nothing. */
const COUNTED: Partial<Record<Outcome['state'], keyof HourCounts>> = {
  delivered: 'delivered',
  failed: 'failed',
  expired: 'failed',
  unconfirmed: 'failed',
};

export interface SessionHistoryComponents {
  readonly store: Pick<Store, 'get' | 'range'>;
  readonly ages: {
    now(): number;
    /** Adds to each write of the age itself, which follows all other writes within a minute. */
    saveAlong(add: (writes: WriteBatch) => void): void;
    /** Has the age written within a minute. */
    noteWrite(): void;
  };
  readonly events: Pick<Emitter<AsyncManagerEvents>, 'on'>;
}

/**
 * What happened in each hour of the last week, by the machine's own age. An hour in which nothing happened has no
 * record, and costs no write. Counts are written along with the age clock, so a crash costs those of a minute.
 */
export class SessionHistory {
  readonly #ages: SessionHistoryComponents['ages'];
  readonly #table: Table<HourRecord>;
  /** By hours of the machine's age, ascending. A record is replaced, never changed. */
  readonly #hours = new Map<number, HourRecord>();
  readonly #unsaved = new Set<number>();
  #last = 0;

  constructor({ store, ages, events }: SessionHistoryComponents) {
    this.#ages = ages;
    this.#table = new Table(store, 'history');
    for (const { rest, record } of this.#table.soundEntries()) {
      const hour = readSequence(rest);
      // One that the disk spoiled costs no more than itself.
      if (record === undefined) this.#unsaved.add(hour);
      else this.#hours.set(hour, record);
      this.#last = hour;
    }
    ages.saveAlong((writes) => this.#save(writes));
    events.on('outcome', ({ state }) => {
      const counted = COUNTED[state];
      if (counted !== undefined) this.note(counted);
    });
  }

  /** One more of it happened. @param unfinished messages that the outbox has now, where that is to be seen */
  note(counted: keyof HourCounts, unfinished = 0): void {
    const hour = this.#current();
    this.#last = hour;
    const before = this.#hours.get(hour) ?? EMPTY_HOUR;
    const mostUnfinished = Math.max(before.mostUnfinished, unfinished);
    this.#hours.set(hour, { ...before, [counted]: before[counted] + 1, mostUnfinished });
    this.#unsaved.add(hour);
    // Mail that is kept in a database writes nothing here.
    this.#ages.noteWrite();
    for (const old of this.#hours.keys()) {
      if (old > hour - HISTORY_HOURS) break;
      this.#hours.delete(old);
      this.#unsaved.add(old);
    }
  }

  /** Of the last week, the oldest first; without hours in which nothing happened. */
  hours(): HistoryHour[] {
    const now = this.#ages.now();
    const first = this.#current() - HISTORY_HOURS + 1;
    return [...this.#hours]
      .filter(([hour]) => hour >= first)
      .map(([hour, record]) => ({ age: Math.max(0, now - hour * HOUR_S), ...record }));
  }

  /** After a crash the age may be less than before: then the last hour goes on. */
  #current(): number {
    return Math.max(this.#last, Math.floor(this.#ages.now() / HOUR_S));
  }

  #save(writes: WriteBatch): void {
    const saved = [...this.#unsaved].map((hour) => [hour, this.#hours.get(hour)] as const);
    for (const [hour, record] of saved) {
      if (record === undefined) this.#table.delete(writes, [sequenceKey(hour)]);
      else this.#table.put(writes, [sequenceKey(hour)], record);
    }
    writes.afterCommit(() => {
      // What was counted in the meantime has another record.
      for (const [hour, record] of saved) if (this.#hours.get(hour) === record) this.#unsaved.delete(hour);
    });
  }
}
