import type { Timer, Timers } from '../../platform/timers';

/** Between two questions, milliseconds: at least this, then twice as long each time. */
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 60_000;

/** When a bridge asks the foreign transport how things stand: at once, and again until it was answered. */
export class SyncTimetable {
  readonly #timers: Timers;
  readonly #ask: () => void;
  #timer: Timer | undefined;
  /** Time that must pass before the next question. */
  #wait = 0;

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
    this.#timer = this.#timers.after(this.#wait, () => {
      this.#wait = Math.min(Math.max(this.#wait * 2, FIRST_WAIT), LONGEST_WAIT);
      this.#timer = undefined;
      this.begin();
      this.#ask();
    });
  }

  /** The other side is there after all: asks again within a second. */
  hurry(): void {
    if (this.#timer === undefined || this.#wait <= FIRST_WAIT) return;
    this.#timer.cancel();
    this.#timer = undefined;
    this.#wait = FIRST_WAIT;
    this.begin();
  }

  /** There is a good answer. One that loses its worth soon after does not make us ask more than once a second. */
  answered(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#wait = FIRST_WAIT;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#wait = 0;
  }
}
