import { PeerMap } from '../../peer-map';
import { backoff } from '../../platform/backoff';
import type { Clock } from '../../platform/clock';
import type { Random } from '../../platform/random';
import type { PublicKey } from '../../types';

/** Back-off of one message at one node, milliseconds. */
const WAITS = { first: 15_000, longest: 3_600_000 };

/** What came of one message at one node. */
export interface Trial {
  readonly node: PublicKey;
  inFlight: boolean;
  failures: number;
  /** Monotonic milliseconds. */
  retryAt: number;
}

/** When each message may be offered to each node again. */
export class Trials {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #random: Random;
  /** By sequence of the message, then by node. */
  readonly #trials = new Map<number, PeerMap<Trial>>();

  constructor({ clock, random }: { clock: Pick<Clock, 'monotonic'>; random: Random }) {
    this.#clock = clock;
    this.#random = random;
  }

  of(sequence: number, node: PublicKey): Trial {
    const nodes = this.#trials.get(sequence) ?? new PeerMap<Trial>();
    this.#trials.set(sequence, nodes);
    return nodes.getOrInsert(node, () => ({ node, inFlight: false, failures: 0, retryAt: -Infinity }));
  }

  /** Nodes that are asked to take this message now. */
  underWay(sequence: number): number {
    let count = 0;
    for (const { inFlight } of this.#trials.get(sequence)?.values() ?? []) if (inFlight) count += 1;
    return count;
  }

  /** Whether it has to wait for another try. */
  isBackingOff({ retryAt }: Trial): boolean {
    return retryAt > this.#clock.monotonic();
  }

  backOff(trial: Trial): void {
    trial.failures += 1;
    trial.retryAt = this.#clock.monotonic() + backoff(trial.failures, WAITS, this.#random);
  }

  /** A session with this node began, or it is no longer a friend. */
  reset(node: PublicKey): void {
    for (const nodes of this.#trials.values()) if (nodes.get(node)?.inFlight === false) nodes.delete(node);
  }

  /** Forgets what is known of messages that are finished. */
  retain(alive: ReadonlySet<number>): void {
    for (const [sequence, nodes] of this.#trials) {
      if (alive.has(sequence)) continue;
      for (const [node, { inFlight }] of nodes) if (!inFlight) nodes.delete(node);
      if (nodes.size === 0) this.#trials.delete(sequence);
    }
  }
}
