import { PeerMap } from '../../../peer-map';
import type { PublicKey } from '../../../types';

/**
 * Whose turn it is: the chunks of a head that a node gave are looked for at the nodes before the next head of the same
 * friend is opened. Else heads that lie there together would put each other off.
 */
export class HeadTurns {
  /** Friends whose chunks are still to be looked for, and the count of heads when that of theirs was opened. */
  readonly #waiting = new PeerMap<number>();
  #count = 0;
  #onOpened: () => void = () => undefined;

  /** Heads that were opened so far. */
  get count(): number {
    return this.#count;
  }

  /** Runs when a head was opened: mail that nobody expected may be expected now. */
  listen(onOpened: () => void): void {
    this.#onOpened = onOpened;
  }

  opened(sender: PublicKey, { fromNode }: { fromNode: boolean }): void {
    this.#count += 1;
    if (fromNode) this.#waiting.set(sender, this.#count);
    this.#onOpened();
  }

  /** Whether a node's next head of this friend may be opened. */
  isFree(sender: PublicKey): boolean {
    return !this.#waiting.has(sender);
  }

  /** A node was asked for the chunks of all heads that were opened when `count` was this. */
  looked(count: number): void {
    for (const [sender, at] of this.#waiting) if (at <= count) this.#waiting.delete(sender);
  }

  /** The peer is no longer a friend. */
  forget(sender: PublicKey): void {
    this.#waiting.delete(sender);
  }
}
