import type { Clock } from '../platform/clock';

/** So many sealed messages that do not verify, in a minute, and none is looked at for a minute. */
const MOST = 10;
const MINUTE_MS = 60_000;

/** Keeps a peer from making us try boxes without end (docs/PROTOCOL.md, "Session"). */
export class UnverifiedBrake {
  readonly #clock: Clock;
  #times: number[] = [];
  #until = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sealed messages are ignored now. */
  get on(): boolean {
    return this.#clock.monotonic() < this.#until;
  }

  /** One did not verify. */
  note(): void {
    const now = this.#clock.monotonic();
    this.#times = [...this.#times.filter((time) => now - time < MINUTE_MS), now];
    if (this.#times.length < MOST) return;
    this.#times = [];
    this.#until = now + MINUTE_MS;
  }
}
