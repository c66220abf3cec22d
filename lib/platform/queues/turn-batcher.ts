import { PeerMap } from '../../peer-map';
import type { PublicKey } from '../../types';
import type { KeyedQueue } from './keyed-queue';

/** Most items of one turn. */
const MAX_TOGETHER = 64;

interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

export interface TurnBatcherInit<T, R> {
  /** Items of one name never share a turn: the second may depend on what became of the first. */
  readonly nameOf: (item: T) => string;
  /**
   * In the peer's queue. Gives the results of the first ones, at least of one; the others wait for the next turn.
   * When it throws, all of them have failed.
   */
  readonly take: (items: readonly T[]) => Promise<readonly R[]>;
}

/** Items that came one after the other and wait for one turn. */
interface Line<T, R> {
  /** How many tasks the queue had been given with this line's. */
  readonly mark: number;
  readonly waiting: Waiting<T, R>[];
}

/**
 * Items that wait for their turn in the queue of a peer: those that came while it was busy are taken together. None
 * overtakes another task of the queue.
 */
export class TurnBatcher<T, R> {
  readonly #queues: KeyedQueue;
  readonly #init: TurnBatcherInit<T, R>;
  /** Per peer the line whose turn has not begun. */
  readonly #lines = new PeerMap<Line<T, R>>();

  constructor(components: { readonly queues: KeyedQueue }, init: TurnBatcherInit<T, R>) {
    this.#queues = components.queues;
    this.#init = init;
  }

  /** Resolves to what became of the item, or rejects with what made its turn fail. */
  add(peer: PublicKey, item: T): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#lineOf(peer).waiting.push({ item, resolve, reject });
    });
  }

  /** The one that waits at the end of the peer's queue, or a new one there. */
  #lineOf(peer: PublicKey): Line<T, R> {
    const last = this.#lines.get(peer);
    if (last?.mark === this.#queues.added(peer)) return last;
    const waiting: Waiting<T, R>[] = [];
    const turn = this.#queues.run(peer, async () => {
      if (this.#lines.get(peer)?.waiting === waiting) this.#lines.delete(peer);
      while (waiting.length > 0) await this.#turn(waiting);
    });
    turn.catch((error: unknown) => waiting.forEach(({ reject }) => reject(error)));
    const line = { mark: this.#queues.added(peer), waiting };
    this.#lines.set(peer, line);
    return line;
  }

  async #turn(line: Waiting<T, R>[]): Promise<void> {
    const together = line.slice(0, this.#namesOnce(line));
    try {
      const results = await this.#init.take(together.map(({ item }) => item));
      line.splice(0, results.length).forEach(({ resolve }, i) => resolve(results[i] as R));
    } catch (error) {
      for (const { reject } of line.splice(0, together.length)) reject(error);
    }
  }

  /** How many from the front have different names. */
  #namesOnce(line: readonly Waiting<T, R>[]): number {
    const names = new Set<string>();
    for (const { item } of line.slice(0, MAX_TOGETHER)) {
      const name = this.#init.nameOf(item);
      if (names.has(name)) break;
      names.add(name);
    }
    return names.size;
  }
}
