import { PeerMap } from '../../peer-map';
import { backoff } from '../../platform/backoff';
import type { Clock } from '../../platform/clock';
import type { Random } from '../../platform/random';
import type { PublicKey } from '../../types';

/** Milliseconds. */
const WAITS = { first: 15_000, longest: 3_600_000 };

interface Hold {
  /** Refusals in a row. */
  failures: number;
  /** Monotonic milliseconds. */
  until: number;
}

/** Nodes that said `rate`: until they take more, nothing at all is deposited there. */
export class NodeHolds {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #random: Random;
  readonly #holds = new PeerMap<Hold>();

  constructor({ clock, random }: { clock: Pick<Clock, 'monotonic'>; random: Random }) {
    this.#clock = clock;
    this.#random = random;
  }

  isHeld(node: PublicKey): boolean {
    return (this.#holds.get(node)?.until ?? -Infinity) > this.#clock.monotonic();
  }

  /**
   * It takes no more for now. All answers to what was under way at the time are one refusal.
   * @param wait seconds that it asked for
   */
  hold(node: PublicKey, wait: number): void {
    const hold = this.#holds.getOrInsert(node, () => ({ failures: 0, until: -Infinity }));
    const now = this.#clock.monotonic();
    let until = now + wait * 1000;
    if (hold.until <= now) {
      hold.failures += 1;
      until = Math.max(until, now + backoff(hold.failures, WAITS, this.#random));
    }
    hold.until = Math.max(hold.until, until);
  }

  /** It took something: the next refusal is a first one. */
  noteTaken(node: PublicKey): void {
    if (!this.isHeld(node)) this.#holds.delete(node);
  }

  /** A new session with it began, or it is no longer a friend. */
  release(node: PublicKey): void {
    this.#holds.delete(node);
  }
}
