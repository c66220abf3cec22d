import type { Clock } from '../../platform/clock';
import type { Timer, Timers } from '../../platform/timers';
import { type Logger, silentLogger } from '../../types';
import type { Store } from '../store';
import { Table } from '../table';

export interface AgeClockOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log?: Logger;
}

interface AgeRecord {
  readonly milliseconds: number;
  /** Wall clock at the save, Unix milliseconds. */
  readonly wall: number;
}

const SAVE_EVERY_MS = 60_000;
/** The wall clock's advance while the machine was down is believed up to this, ms. */
const LONGEST_PAUSE_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * The machine's own age in seconds, by which every lifetime is measured (docs/PROTOCOL.md, clocks). Nobody can
 * turn it while it runs: it follows the monotonic clock and is saved each minute. At start it adds what the wall
 * clock advanced since the last save when that is plausible, 0 to 7 days, else nothing.
 *
 * After a crash without a plausible wall clock it may show up to a minute less than before.
 */
export class AgeClock {
  readonly #o: AgeClockOptions;
  readonly #log: Logger;
  readonly #table: Table<AgeRecord>;
  /** Age at monotonic time 0, ms. */
  readonly #origin: number;
  #timer: Timer | undefined;
  #saving: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  private constructor(o: AgeClockOptions, table: Table<AgeRecord>, age: number) {
    this.#o = o;
    this.#log = o.log ?? silentLogger;
    this.#table = table;
    this.#origin = age - o.clock.monotonic();
  }

  /** @throws ErrStore a damaged store */
  static async open(options: AgeClockOptions): Promise<AgeClock> {
    const table = new Table<AgeRecord>(options.store, 'age-clock');
    const saved = table.get();
    const pause = saved ? options.clock.wall() - saved.wall : 0;
    const isPlausible = pause >= 0 && pause <= LONGEST_PAUSE_MS;
    const age = (saved?.milliseconds ?? 0) + (isPlausible ? pause : 0);
    const clock = new AgeClock(options, table, age);
    await clock.#trySave();
    clock.#saveLater();
    return clock;
  }

  /** Whole seconds. */
  now(): number {
    return Math.floor(this.#age() / 1000);
  }

  /** Saves once more, then stops. @throws ErrLocalStorageFull, ErrStore */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#timer?.cancel();
    await this.#saving;
    await this.#save();
  }

  #saveLater(): void {
    this.#timer = this.#o.timers.after(SAVE_EVERY_MS, () => {
      this.#saving = this.#trySave().then(() => {
        if (!this.#closing) this.#saveLater();
      });
    });
  }

  async #trySave(): Promise<void> {
    try {
      await this.#save();
    } catch (error) {
      // The next minute's save makes up for it, or the wall clock at the next start.
      this.#log.debug(`The age clock could not be saved: ${String(error)}`);
    }
  }

  async #save(): Promise<void> {
    const batch = this.#o.store.batch();
    this.#table.put(batch, [], { milliseconds: this.#age(), wall: this.#o.clock.wall() });
    await batch.commit();
  }

  #age(): number {
    return this.#origin + this.#o.clock.monotonic();
  }
}
