import { toHex } from '../bytes';
import { SerialQueue } from '../platform/serial-queue';
import type { PublicKey } from '../types';

/**
 * One queue per peer. Everything that seals to a peer, opens what it sealed, or speaks of its keys runs here,
 * so that two nodes answering at once, or a message and a list of live keys, never meet half-way.
 */
export class PeerQueues {
  readonly #queues = new Map<string, SerialQueue>();

  run<T>(peer: PublicKey, task: () => Promise<T> | T): Promise<T> {
    const hex = toHex(peer);
    const queue = this.#queues.get(hex) ?? new SerialQueue();
    this.#queues.set(hex, queue);
    const result = queue.run(task);
    const tidy = () => {
      if (queue.size === 0 && this.#queues.get(hex) === queue) this.#queues.delete(hex);
    };
    result.then(tidy, tidy);
    return result;
  }

  /** Tasks that the peer's queue was given since it was last idle. */
  added(peer: PublicKey): number {
    return this.#queues.get(toHex(peer))?.added ?? 0;
  }

  /** Resolves when all that was added so far is done. */
  async idle(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.idle()));
  }
}
