import { PeerMap } from '../../../peer-map';
import type { PublicKey } from '../../../types';

/**
 * Whose turn it is: a node's next head of a friend is opened when that node was asked for the chunks of the friend's last
 * one. Else heads that lie there together would put each other off.
 */
export class HeadTurns {
  /** Per friend the count of heads when its last one was opened. */
  readonly #opened = new PeerMap<number>();
  /** Per node the count up to which it was asked for the chunks of all heads. */
  readonly #looked = new PeerMap<number>();
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

  opened(sender: PublicKey): void {
    this.#count += 1;
    this.#opened.set(sender, this.#count);
    this.#onOpened();
  }

  /** Whether the next head of this friend on this node may be opened. */
  isFree(sender: PublicKey, node: PublicKey): boolean {
    return (this.#opened.get(sender) ?? 0) <= (this.#looked.get(node) ?? 0);
  }

  /** The node was asked for the chunks of all heads that were opened when `count` was this. */
  looked(node: PublicKey, count: number): void {
    this.#looked.set(node, count);
  }

  /** The peer is no longer a friend. */
  forget(peer: PublicKey): void {
    for (const counts of [this.#opened, this.#looked]) counts.delete(peer);
  }
}
