import type { Clock } from '../../platform/clock';
import type { Timer, Timers } from '../../platform/timers';
import { type Logger, silentLogger } from '../../types';
import type { Store, WriteBatch } from '../store';
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

/** It is saved so long after something else was written, and at least so often, ms. */
const SAVE_AFTER_MS = 60_000;
const SAVE_EVERY_MS = 3_600_000;
/** An advance while the machine was down or suspended is believed up to this, ms. */
const LONGEST_PAUSE_MS = 7 * 24 * 60 * 60 * 1000;
/** Two clocks may drift apart by this, ms, before the difference counts as time in which the machine was suspended. */
const DRIFT_MS = 2000;
/** A wall clock is set back by less than this, ms, in the ordinary course of things. */
const WALL_SLACK_MS = 600_000;
/** To ask for suspended time costs a look at the system: at most one in these ms. */
const LOOK_EVERY_MS = 1000;

/**
 * The machine's own age in seconds, by which every lifetime is measured (docs/PROTOCOL.md, clocks). Nobody can
 * turn it while it runs: it follows the monotonic clock, and what the clock that counts suspended time advanced
 * beyond that, each time up to 7 days. It is saved within a minute of whatever else is written, and each hour. At start it adds what the wall clock advanced since
 * the last save when that is plausible, 0 to 7 days, else nothing.
 *
 * After a crash without a plausible wall clock it may show less than before: by up to a minute where something was
 * written, else by up to an hour.
 */
export class AgeClock {
  readonly #o: AgeClockOptions;
  readonly #log: Logger;
  readonly #table: Table<AgeRecord>;
  /** Age at monotonic time 0, ms; grows by the time in which the machine was suspended. */
  #origin: number;
  /** How far the clock that counts suspended time was ahead of the monotonic one, ms, when that was last counted. */
  #lead: number | undefined;
  /** Wall clock at the last save before this process, Unix milliseconds. */
  readonly #lastWall: number;
  /** Monotonic time of the last look at that. */
  #looked: number;
  readonly #along: ((writes: WriteBatch) => void)[] = [];
  #timer: Timer | undefined;
  /** The next save follows a write. */
  #isSoon = false;
  #saving: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  private constructor(o: AgeClockOptions, table: Table<AgeRecord>, age: number, lastWall: number) {
    this.#o = o;
    this.#lastWall = lastWall;
    this.#log = o.log ?? silentLogger;
    this.#table = table;
    const now = o.clock.monotonic();
    this.#origin = age - now;
    this.#looked = now;
    this.#lead = this.#leadAt(now);
  }

  /** @throws ErrStore a damaged store */
  static async open(options: AgeClockOptions): Promise<AgeClock> {
    const table = new Table<AgeRecord>(options.store, 'age-clock');
    const saved = table.get();
    const pause = saved ? options.clock.wall() - saved.wall : 0;
    const isPlausible = pause >= 0 && pause <= LONGEST_PAUSE_MS;
    const age = (saved?.milliseconds ?? 0) + (isPlausible ? pause : 0);
    const clock = new AgeClock(options, table, age, saved?.wall ?? 0);
    await clock.#trySave();
    clock.#saveIn(SAVE_EVERY_MS);
    return clock;
  }

  /** Whole seconds. */
  now(): number {
    return Math.floor(this.#age() / 1000);
  }

  /** The wall clock shows an earlier time than it did before this process began: it was wrong then, or is now. */
  get isWallBehind(): boolean {
    return this.#o.clock.wall() + WALL_SLACK_MS < this.#lastWall;
  }

  /** Something was written that counts by this clock. */
  noteWrite(): void {
    if (this.#isSoon || this.#closing) return;
    this.#isSoon = true;
    this.#timer?.cancel();
    this.#saveIn(SAVE_AFTER_MS);
  }

  /** Whatever `add` puts into it is written with each save from now on: within a minute of what else is written. */
  saveAlong(add: (writes: WriteBatch) => void): void {
    this.#along.push(add);
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

  #saveIn(ms: number): void {
    this.#timer = this.#o.timers.after(ms, () => {
      this.#isSoon = false;
      this.#saving = this.#trySave();
      this.#saveIn(SAVE_EVERY_MS);
    });
  }

  async #trySave(): Promise<void> {
    try {
      await this.#save();
    } catch (error) {
      // The next save makes up for it, or the wall clock at the next start.
      this.#log.debug(`The age clock could not be saved: ${String(error)}`);
    }
  }

  async #save(): Promise<void> {
    const batch = this.#o.store.batch();
    this.#table.put(batch, [], { milliseconds: this.#age(), wall: this.#o.clock.wall() });
    for (const add of this.#along) add(batch);
    await batch.commit();
  }

  #age(): number {
    const now = this.#o.clock.monotonic();
    if (now - this.#looked >= LOOK_EVERY_MS) {
      this.#looked = now;
      this.#countSuspension(now);
    }
    return this.#origin + now;
  }

  #countSuspension(now: number): void {
    const lead = this.#leadAt(now);
    if (lead === undefined) return;
    const gain = lead - (this.#lead ?? lead);
    // Small differences stay uncounted until they add up.
    if (this.#lead !== undefined && Math.abs(gain) < DRIFT_MS) return;
    this.#lead = lead;
    if (gain > 0 && gain <= LONGEST_PAUSE_MS) this.#origin += gain;
  }

  #leadAt(now: number): number | undefined {
    const elapsed = this.#o.clock.elapsed();
    return elapsed === undefined || !Number.isFinite(elapsed) ? undefined : elapsed - now;
  }
}
