import type { Clock } from '../platform/clock';
import type { Timer, Timers } from '../platform/timers';

/** Milliseconds until a call counts as unanswered, and so between the first calls. */
const ANSWER_MS = 10_000;
/** Calls made at that pace; after them the peer counts as an ordinary client. */
const FIRST_CALLS = 3;
/** Milliseconds between all later calls. */
const SLOW_MS = 600_000;
/** Milliseconds between two calls at least: a peer ignores hellos that come faster than one in 2 s. */
const LEAST_GAP_MS = 3_000;

export interface CallTimetableOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Makes one call: side 1's hello or side 2's wake. */
  readonly call: () => void;
  /** The first three calls had no answer. */
  readonly onUnanswered: () => void;
}

/** When to call a peer of whom we don't know whether it speaks the extension (docs/PROTOCOL.md, "Session"). */
export class CallTimetable {
  readonly #o: CallTimetableOptions;
  #timer: Timer | undefined;
  #due = Infinity;
  #lastCall = -Infinity;
  #calls = 0;

  constructor(options: CallTimetableOptions) {
    this.#o = options;
  }

  /** Starts over in `ms`, or earlier when a call is due before that; later when the last one was just made. */
  begin(ms: number): void {
    const now = this.#o.clock.monotonic();
    this.#calls = 0;
    const due = Math.max(Math.min(now + ms, this.#due), this.#lastCall + LEAST_GAP_MS);
    this.#wait(due - now, () => this.#call());
  }

  /** No further calls: an answer came or the connection ended. */
  stop(): void {
    this.#timer?.cancel();
    this.#due = Infinity;
  }

  #call(): void {
    this.#calls += 1;
    this.#lastCall = this.#o.clock.monotonic();
    if (this.#calls < FIRST_CALLS) this.#wait(ANSWER_MS, () => this.#call());
    else if (this.#calls === FIRST_CALLS) this.#wait(ANSWER_MS, () => this.#giveUp());
    else this.#wait(SLOW_MS, () => this.#call());
    this.#o.call();
  }

  #giveUp(): void {
    this.#wait(SLOW_MS - ANSWER_MS, () => this.#call());
    this.#o.onUnanswered();
  }

  #wait(ms: number, then: () => void): void {
    this.#timer?.cancel();
    this.#due = this.#o.clock.monotonic() + ms;
    this.#timer = this.#o.timers.after(ms, then);
  }
}
