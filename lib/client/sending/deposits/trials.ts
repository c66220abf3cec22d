import { PeerMap } from '../../../peer-map';
import { backoff } from '../../../platform/backoff';
import type { Clock } from '../../../platform/clock';
import type { Random } from '../../../platform/random';
import type { CodeWord } from '../../../protocol/codes';
import type { PublicKey } from '../../../types';

/** Back-off of one message at one node, milliseconds. */
const WAITS = { first: 15_000, longest: 3_600_000 };

/** What came of one message at one node. */
export interface Trial {
  readonly node: PublicKey;
  inFlight: boolean;
  failures: number;
  /** The node's last word, when it refused this message alone. */
  refusal: CodeWord | undefined;
  /** Monotonic milliseconds. */
  retryAt: number;
  /** Stands for the session with the node: in another one the trial is a new one. */
  session: object;
}

/** When each message may be offered to each node again. It goes with the message. */
export class Trials<E extends object> {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #random: Random;
  readonly #trials = new WeakMap<E, PeerMap<Trial>>();
  readonly #sessions = new PeerMap<object>();

  constructor({ clock, random }: { clock: Pick<Clock, 'monotonic'>; random: Random }) {
    this.#clock = clock;
    this.#random = random;
  }

  of(entry: E, node: PublicKey): Trial {
    let nodes = this.#trials.get(entry);
    if (nodes === undefined) this.#trials.set(entry, (nodes = new PeerMap()));
    const session = this.#sessions.getOrInsert(node, () => ({}));
    const trial = nodes.getOrInsert(node, () => ({
      node,
      inFlight: false,
      failures: 0,
      refusal: undefined,
      retryAt: 0,
      session,
    }));
    if (trial.session !== session)
      Object.assign(trial, { failures: 0, refusal: undefined, retryAt: 0, session });
    return trial;
  }

  /** Nodes that are asked to take this message now. */
  underWay(entry: E): PublicKey[] {
    const trials = [...(this.#trials.get(entry)?.values() ?? [])];
    return trials.filter(({ inFlight }) => inFlight).map(({ node }) => node);
  }

  /** Why the node refused this message alone, when that was its last word in this session. */
  refusalOf(entry: E, node: PublicKey): CodeWord | undefined {
    const trial = this.#trials.get(entry)?.get(node);
    return trial?.session === this.#sessions.get(node) ? trial?.refusal : undefined;
  }

  /** Monotonic milliseconds before which it is not tried again; undefined: it may be tried now. */
  waitsUntil({ retryAt }: Trial): number | undefined {
    return retryAt > this.#clock.monotonic() ? retryAt : undefined;
  }

  /** @param refusal what the node said, if it answered */
  backOff(trial: Trial, refusal?: CodeWord): void {
    trial.failures += 1;
    trial.refusal = refusal;
    trial.retryAt = this.#clock.monotonic() + backoff(trial.failures, WAITS, this.#random);
  }

  /** A session with this node began, or it is no friend any more: what failed there may be tried at once. */
  reset(node: PublicKey): void {
    this.#sessions.delete(node);
  }
}
