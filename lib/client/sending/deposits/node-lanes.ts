import { PeerMap } from '../../../peer-map';
import type { PublicKey } from '../../../types';
import { Line } from '../line';
import type { Deposit } from './deposit';

/** Deposits under way at one node; it answers `busy` to more than it can work on. */
const MOST_UNDER_WAY = 32;

/** What goes to one node. */
export interface NodeLane<E extends Deposit> {
  underWay: number;
  /** It did not answer the last time. */
  silent: boolean;
  /** Those that found no place. */
  readonly line: Line<E>;
}

/** The places at each node, and who stands in line for one. */
export class NodeLanes<E extends Deposit> {
  readonly #onPlace: () => void;
  readonly #lanes = new PeerMap<NodeLane<E>>();
  /** With places that somebody waits for. */
  readonly #freed = new Set<NodeLane<E>>();

  /** @param onPlace a place is free that somebody waits for */
  constructor(onPlace: () => void) {
    this.#onPlace = onPlace;
  }

  of(node: PublicKey): NodeLane<E> {
    return this.#lanes.getOrInsert(node, () => ({ underWay: 0, silent: false, line: new Line() }));
  }

  hasPlace({ underWay }: NodeLane<E>): boolean {
    return underWay < MOST_UNDER_WAY;
  }

  /** Takes a place. @returns what gives it back, once */
  enter(lane: NodeLane<E>): () => void {
    lane.underWay += 1;
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      lane.underWay -= 1;
      if (lane.line.size === 0) return;
      this.#freed.add(lane);
      this.#onPlace();
    };
  }

  /** Those whose turn it is, as long as there are places: each is considered before the next is asked for. */
  *turns(): Generator<E, void> {
    for (const lane of this.#freed) {
      // All that wait for a node that does not answer may go to others; they come back here if there is none.
      for (let left = lane.line.size; left > 0 && (lane.silent || this.hasPlace(lane)); left -= 1) {
        const next = lane.line.next();
        if (next === undefined) break;
        yield next;
      }
      this.#freed.delete(lane);
    }
  }

  /** It is asked again, although it was silent. */
  reset(node: PublicKey): void {
    const lane = this.#lanes.get(node);
    if (lane) lane.silent = false;
  }

  /** The peer is no longer a friend. */
  forget(node: PublicKey): void {
    if (this.#lanes.get(node)?.underWay === 0) this.#lanes.delete(node);
  }
}
