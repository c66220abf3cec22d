import type { Timer, Timers } from '../../../platform/timers';

/** For a while after something happened, the next turn is not put off for longer than this, milliseconds. */
const BUSY_TURN_MS = 1;
const BUSY_FOR_MS = 50;
/** Nor than this while something waits for libtoxcore to take it. */
const WAITING_TURN_MS = 10;

export interface TurnLoopOptions {
  /** One turn. */
  readonly turn: () => TurnResult;
  readonly timers: Timers;
  /** Whether what the last turns brought waits to be read: then there is no turn before `goOn`. */
  readonly isBehind: () => boolean;
  /** Runs it when what has arrived from outside this process is dealt with. */
  readonly immediately: (run: () => void) => Timer;
  /** Milliseconds of a clock that does not jump. */
  readonly now: () => number;
}

export interface TurnResult {
  /** Something came or was taken: more may be there already. */
  readonly happened: boolean;
  /** Something waits for libtoxcore to take it. */
  readonly waiting: boolean;
  /** Milliseconds after which libtoxcore wants its next turn. */
  readonly interval: number;
}

/** Decides when libtoxcore turns: as seldom as it allows, at once under load. */
export class TurnLoop {
  readonly #o: TurnLoopOptions;
  #next: Timer | undefined;
  /** When the next turn comes. */
  #turnAt = Infinity;
  #busyUntil = 0;
  #waits = false;
  #ended = false;

  constructor(options: TurnLoopOptions) {
    this.#o = options;
  }

  /** The first turn, now. */
  start(): void {
    this.#turn();
  }

  /** What was brought has been read: the turn that waited for that comes now. */
  goOn(): void {
    if (!this.#waits || this.#ended) return;
    this.#waits = false;
    this.#atOnce(this.#o.now());
  }

  /** Something was given to libtoxcore to send: it is to hear of answers soon. */
  gave(): void {
    this.#busyUntil = this.#o.now() + BUSY_FOR_MS;
    this.#within(BUSY_TURN_MS);
  }

  end(): void {
    this.#ended = true;
    this.#next?.cancel();
  }

  #turn(): void {
    this.#turnAt = Infinity;
    const { happened, waiting, interval } = this.#o.turn();
    const now = this.#o.now();
    if (this.#ended) return;
    if (happened) this.#busyUntil = now + BUSY_FOR_MS;
    if (this.#o.isBehind()) this.#waits = true;
    else if (happened) this.#atOnce(now);
    else if (now < this.#busyUntil) this.#within(BUSY_TURN_MS);
    else this.#within(waiting ? Math.min(interval, WAITING_TURN_MS) : interval);
  }

  /** Never puts off a turn that comes sooner: one of many orders after the other would put it off for good. */
  #within(ms: number): void {
    const at = this.#o.now() + ms;
    if (this.#ended || this.#waits || this.#turnAt <= at) return;
    this.#plan(
      at,
      this.#o.timers.after(ms, () => this.#turn()),
    );
  }

  #atOnce(now: number): void {
    this.#plan(
      now,
      this.#o.immediately(() => this.#turn()),
    );
  }

  #plan(at: number, next: Timer): void {
    this.#next?.cancel();
    this.#next = next;
    this.#turnAt = at;
  }
}
