import { backoff } from '../../platform/backoff';
import type { Timer, Timers } from '../../platform/timers';

/** Between two questions, milliseconds. */
const WAIT = { first: 1_000, longest: 60_000 };

/** When a bridge asks the foreign transport how things stand: at once, and again until it was answered. */
export class SyncTimetable {
  readonly #timers: Timers;
  readonly #ask: () => void;
  #timer: Timer | undefined;
  /** Questions that had no answer; 1 after an answer, so that the next question waits, too. */
  #asked = 0;

  constructor(timers: Timers, ask: () => void) {
    this.#timers = timers;
    this.#ask = ask;
  }

  /** True between the wish to ask and the answer. */
  get isAsking(): boolean {
    return this.#timer !== undefined;
  }

  begin(): void {
    if (this.#timer !== undefined) return;
    this.#timer = this.#timers.after(backoff(this.#asked, WAIT), () => {
      this.#asked += 1;
      this.#timer = undefined;
      this.begin();
      this.#ask();
    });
  }

  /** The other side is there after all: asks again within a second. */
  hurry(): void {
    if (this.#timer === undefined || this.#asked <= 1) return;
    this.#timer.cancel();
    this.#timer = undefined;
    this.#asked = 1;
    this.begin();
  }

  /** There is a good answer. One that loses its worth soon after does not make us ask more than once a second. */
  answered(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#asked = 1;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#asked = 0;
  }
}
