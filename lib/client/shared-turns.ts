import { toHex } from '../bytes';
import type { PublicKey } from '../types';
import type { PeerQueues } from './peer-queues';

/** Most items of one turn. */
const MAX_TOGETHER = 64;

interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

export interface SharedTurnsOptions<T, R> {
  readonly queues: PeerQueues;
  /** Items of one name never share a turn: the second may depend on what became of the first. */
  readonly nameOf: (item: T) => string;
  /**
   * In the peer's queue. Gives the results of the first ones, at least of one; the others wait for the next turn.
   * When it throws, all of them have failed.
   */
  readonly take: (items: readonly T[]) => Promise<readonly R[]>;
}

/** Items that wait for their turn in the queue of a peer: those that came while it was busy are taken together. */
export class SharedTurns<T, R> {
  readonly #o: SharedTurnsOptions<T, R>;
  readonly #lines = new Map<string, Waiting<T, R>[]>();

  constructor(options: SharedTurnsOptions<T, R>) {
    this.#o = options;
  }

  /** Resolves to what became of the item, or rejects with what made its turn fail. */
  add(peer: PublicKey, item: T): Promise<R> {
    const hex = toHex(peer);
    return new Promise((resolve, reject) => {
      const line = this.#lines.get(hex) ?? [];
      this.#lines.set(hex, line);
      line.push({ item, resolve, reject });
      // A turn for each item, although a turn may take several: so the last turn leaves none behind.
      this.#o.queues.run(peer, () => this.#turn(hex)).catch(reject);
    });
  }

  async #turn(hex: string): Promise<void> {
    const line = this.#lines.get(hex) ?? [];
    const together = line.slice(0, this.#namesOnce(line));
    if (together.length === 0) return;
    try {
      const results = await this.#o.take(together.map(({ item }) => item));
      line.splice(0, results.length).forEach(({ resolve }, i) => resolve(results[i] as R));
    } catch (error) {
      for (const { reject } of line.splice(0, together.length)) reject(error);
    }
    if (line.length === 0) this.#lines.delete(hex);
  }

  /** How many from the front have different names. */
  #namesOnce(line: readonly Waiting<T, R>[]): number {
    const names = new Set<string>();
    for (const { item } of line.slice(0, MAX_TOGETHER)) {
      const name = this.#o.nameOf(item);
      if (names.has(name)) break;
      names.add(name);
    }
    return names.size;
  }
}
