import type { Clock } from '../../platform/clock';

/** Friend requests that are told at once. */
const BURST = 20;
/** Then one in this time, milliseconds. */
const INTERVAL = 60_000;

/**
 * Which friend requests are told, to a flow or in a log: identities cost nothing, so a flood of them would be a flood
 * there. Those that are left out are counted; a Tox client that still wants to be a friend asks again.
 */
export class RequestLimit {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** When all of the burst is there again. */
  #fullAt = 0;
  #leftOut = 0;

  constructor(components: { readonly clock: Pick<Clock, 'monotonic'> }) {
    this.#clock = components.clock;
  }

  /** Requests left out since the last one that was told, to be said with this one; undefined: it is left out. */
  take(): number | undefined {
    const now = this.#clock.monotonic();
    const fullAt = Math.max(this.#fullAt, now);
    if (fullAt - now > (BURST - 1) * INTERVAL) {
      this.#leftOut += 1;
      return undefined;
    }
    this.#fullAt = fullAt + INTERVAL;
    const before = this.#leftOut;
    this.#leftOut = 0;
    return before;
  }
}
