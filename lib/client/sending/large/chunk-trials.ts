import { PeerMap } from '../../../peer-map';
import { backoff } from '../../../platform/backoff';
import type { Clock } from '../../../platform/clock';
import type { Random } from '../../../platform/random';
import type { PublicKey } from '../../../types';
import type { OutboxEntry } from '../../journal/outgoing/outbox';

/** Back-off of the chunks of one message at one node, milliseconds. */
const WAITS = { first: 15_000, longest: 3_600_000 };
/** A node that has no room for a message gets no more of it for this long, milliseconds. */
const AVOIDED = 24 * 3_600_000;
/** After so many failures in a row one more node gets the message. */
const MOST_FAILURES = 3;

/** What came of the chunks of one message at one node. */
export interface ChunkTrial {
  readonly node: PublicKey;
  /** Indexes of the chunks that it was asked to take and has not answered. */
  readonly underWay: Set<number>;
  failures: number;
  /** Monotonic milliseconds. */
  retryAt: number;
  avoidedUntil: number;
  /** Stands for the session with the node: in another one it may be tried at once. */
  session: object;
}

/** When the chunks of each large message may be offered to each node again, and which nodes get no more of it. */
export class ChunkTrials {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #random: Random;
  readonly #trials = new WeakMap<OutboxEntry, PeerMap<ChunkTrial>>();
  readonly #sessions = new PeerMap<object>();

  constructor({ clock, random }: { clock: Pick<Clock, 'monotonic'>; random: Random }) {
    this.#clock = clock;
    this.#random = random;
  }

  of(entry: OutboxEntry, node: PublicKey): ChunkTrial {
    let nodes = this.#trials.get(entry);
    if (nodes === undefined) this.#trials.set(entry, (nodes = new PeerMap()));
    const session = this.#sessions.getOrInsert(node, () => ({}));
    const trial = nodes.getOrInsert(node, () => ({
      node,
      underWay: new Set(),
      failures: 0,
      retryAt: 0,
      avoidedUntil: 0,
      session,
    }));
    if (trial.session !== session) Object.assign(trial, { failures: 0, retryAt: 0, session });
    return trial;
  }

  /** Monotonic milliseconds before which it is asked for nothing more; undefined: it may be asked now. */
  waitsUntil({ retryAt, avoidedUntil }: ChunkTrial): number | undefined {
    const until = Math.max(retryAt, avoidedUntil);
    return until > this.#clock.monotonic() ? until : undefined;
  }

  /** Monotonic milliseconds before which the node gets nothing more of a message; undefined: no such time. */
  avoidedUntil(entry: OutboxEntry, node: PublicKey): number | undefined {
    if (entry.large === undefined) return undefined;
    const { avoidedUntil } = this.of(entry, node);
    return avoidedUntil > this.#clock.monotonic() ? avoidedUntil : undefined;
  }

  /** Whether another node is to have the message too, whatever this one has of it. */
  isSpare(entry: OutboxEntry, node: PublicKey): boolean {
    if (entry.large === undefined) return false;
    return this.avoidedUntil(entry, node) !== undefined || this.of(entry, node).failures >= MOST_FAILURES;
  }

  /**
   * It did not take a chunk. What else was under way at the time fails with it.
   * @param doubles whether the pause grows while it goes on so; if not, the node is not at fault
   */
  backOff(trial: ChunkTrial, doubles = true): void {
    const now = this.#clock.monotonic();
    if (trial.retryAt > now) return;
    if (doubles) trial.failures += 1;
    trial.retryAt = now + backoff(doubles ? trial.failures : 1, WAITS, this.#random);
  }

  /** It took a chunk. */
  succeed(trial: ChunkTrial): void {
    Object.assign(trial, { failures: 0, retryAt: 0 });
  }

  /** It has no room for the message. */
  avoid(trial: ChunkTrial): void {
    trial.avoidedUntil = this.#clock.monotonic() + AVOIDED;
  }

  /** A session with this node began, or it is no friend any more: what failed there may be tried at once. */
  reset(node: PublicKey): void {
    this.#sessions.delete(node);
  }
}
