import { toHex, type Clock, type PublicKey } from '../../../lib/index';
import type { Message } from '../../runtime/runtime';

/** Friend requests that a flow hears of at once. */
const BURST = 20;
/** Then one in this time, milliseconds. */
const INTERVAL = 60_000;

/**
 * Which friend requests become messages in a flow: identities cost nothing, so a flood of them would be a flood in the
 * flow. Those that are left out are counted; a Tox client that still wants to be a friend asks again.
 */
export class RequestLimit {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** When all of the burst is there again. */
  #fullAt = 0;
  #leftOut = 0;

  constructor(components: { readonly clock: Pick<Clock, 'monotonic'> }) {
    this.#clock = components.clock;
  }

  /** Requests left out since the last one that was heard, for the message of this one; undefined: it is left out. */
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

/** Somebody asks to be a friend, as a message for the flow. */
export function requestFields(request: { friend: PublicKey; text: string; leftOut: number }): Message {
  const { friend, text, leftOut } = request;
  return { topic: 'tox/request', payload: text, friend: toHex(friend), ...(leftOut > 0 && { leftOut }) };
}
