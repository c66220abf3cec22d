import { createCipheriv, createHash, type Cipher } from 'node:crypto';
import type { Clock } from '../platform/clock';
import type { Random } from '../platform/random';
import type { Timer, Timers } from '../platform/timers';

interface PendingTimer extends Timer {
  readonly due: number;
  readonly order: number;
  readonly run: () => void;
}

/** Wall clock of a simulation that names none: 2025-11-24T16:00:00Z, in Unix milliseconds. */
const WALL_AT_START = 1_764_000_000_000;

/**
 * A machine's time that passes only in `advance`: the same calls give the same order of events. Timers run by
 * due time, those due together in the order in which they were made; like Node's, none is shorter than 1 ms.
 */
export class SimulatedTime {
  readonly clock: Clock = {
    wall: () => this.#wallAtZero + this.#now,
    monotonic: () => this.#now,
    elapsed: () => this.#suspended + this.#now,
  };
  readonly timers: Timers = { after: (ms, run) => this.#add(ms, run) };
  #now = 0;
  #wallAtZero: number;
  #suspended = 0;
  #made = 0;
  #advancing = false;
  /** Sorted, the next one last. */
  readonly #pending: PendingTimer[] = [];

  readonly #settle: () => Promise<void>;

  /**
   * @param wallAtStart Unix milliseconds
   * @param settle lets everything run that is ready; `microtasks` is quicker where nothing waits for a real machine
   */
  constructor(wallAtStart = WALL_AT_START, settle: () => Promise<void> = turnsOfTheLoop) {
    this.#wallAtZero = wallAtStart;
    this.#settle = settle;
  }

  /** Timers that have neither run nor been cancelled. */
  get pendingTimers(): number {
    return this.#pending.length;
  }

  /** Moves the wall clock alone, as a time server or a person does. */
  stepWall(ms: number): void {
    this.#wallAtZero += ms;
  }

  /** The machine sleeps for `ms`: the wall clock goes on, the monotonic clock and the timers stand still. */
  suspend(ms: number): void {
    this.#suspended += ms;
    this.#wallAtZero += ms;
  }

  /**
   * Lets `ms` pass. Before the first timer and after each one everything runs that was ready to run, so a
   * timer sees the effects of those before it. An error thrown by a timer rejects.
   */
  async advance(ms: number): Promise<void> {
    if (this.#advancing) throw new Error('advance is already running. Await it before the next call.');
    this.#advancing = true;
    try {
      const end = this.#now + ms;
      // From a script or a callback of the loop, what `microtasks` waits for would come before all promises.
      await Promise.resolve();
      await this.#settle();
      for (let next = this.#pending.at(-1); next && next.due <= end; next = this.#pending.at(-1)) {
        this.#pending.pop();
        this.#now = next.due;
        next.run();
        await this.#settle();
      }
      this.#now = end;
    } finally {
      this.#advancing = false;
    }
  }

  #add(ms: number, run: () => void): Timer {
    const timer: PendingTimer = {
      due: this.#now + Math.max(ms, 1),
      order: this.#made++,
      run,
      cancel: () => {
        const index = this.#indexOf(timer);
        if (this.#pending[index] === timer) this.#pending.splice(index, 1);
      },
    };
    this.#pending.splice(this.#indexOf(timer), 0, timer);
    return timer;
  }

  /** Where `timer` is or belongs: after everything that runs later. */
  #indexOf(timer: PendingTimer): number {
    let low = 0;
    let high = this.#pending.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#pending[middle];
      if (other && (other.due - timer.due || other.order - timer.order) > 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** What a turn's callbacks make ready runs as well. */
async function turnsOfTheLoop(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** All that promises made ready, and nothing that comes from outside of the process. */
export function microtasks(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

const ZEROS = new Uint8Array(4096);

/** The same seed gives the same bytes: the keystream of AES-256-CTR under the seed's SHA-256. */
export class SeededRandom implements Random {
  readonly #stream: Cipher;
  /** What comes next of the stream: a call of the cipher for a few bytes takes longer than for all of these. */
  #ahead: Uint8Array = new Uint8Array();
  #next = 0;

  constructor(seed: string | number) {
    const key = createHash('sha256').update(String(seed)).digest();
    this.#stream = createCipheriv('aes-256-ctr', key, new Uint8Array(16));
  }

  bytes(n: number): Uint8Array {
    const given = new Uint8Array(n);
    for (let filled = 0; filled < n;) {
      if (this.#next === this.#ahead.length) {
        this.#ahead = this.#stream.update(ZEROS);
        this.#next = 0;
      }
      const part = this.#ahead.subarray(this.#next, this.#next + n - filled);
      given.set(part, filled);
      this.#next += part.length;
      filled += part.length;
    }
    return given;
  }
}
