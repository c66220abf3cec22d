import { sameBytes, textOfBytes } from '../../../bytes';
import type { PublicKey } from '../../../types';
import type { Fleet, FleetBook } from './fleet-book';
import type { NodeRecords } from '../node-records';
import type { Placement } from '../placement';

/** A fleet whose store has as many replicas counts for this many copies. */
const MOST_COPIES = 2;

export interface SharedStoresComponents {
  readonly fleets: Pick<FleetBook, 'fleetOf'>;
  readonly records: Pick<NodeRecords, 'get'>;
  readonly placement: Pick<Placement, 'hintOf'>;
}

/** What nodes of one fleet have in common: one store, in which a copy lies once, however many nodes confirm it. */
export class SharedStores {
  readonly #components: SharedStoresComponents;

  constructor(components: SharedStoresComponents) {
    this.#components = components;
  }

  /** Whether a deposit at `node` would lie where one of the others has it. */
  isShared(node: PublicKey, others: readonly PublicKey[]): boolean {
    const key = this.#storeOf(node);
    return others.some((other) => sameBytes(this.#storeOf(other), key));
  }

  /** For how many copies an envelope for `recipient` counts that these nodes have. */
  copiesAt(recipient: PublicKey, nodes: readonly PublicKey[]): number {
    const stores = new Map(nodes.map((node) => [textOfBytes(this.#storeOf(node)), node]));
    let copies = 0;
    for (const node of stores.values())
      copies += this.#copiesIn(recipient, this.#components.fleets.fleetOf(node));
    return copies;
  }

  /** The recipient's state names it: what any of its nodes has reaches the recipient. */
  isNamed(recipient: PublicKey, { key }: Fleet): boolean {
    const { records, placement } = this.#components;
    const hint = placement.hintOf(recipient, key);
    return records.get(recipient)?.hints.some((each) => sameBytes(each, hint)) ?? false;
  }

  #copiesIn(recipient: PublicKey, fleet: Fleet | undefined): number {
    if (fleet === undefined || !this.isNamed(recipient, fleet)) return 1;
    return Math.min(MOST_COPIES, Math.max(1, fleet.replicas));
  }

  #storeOf(node: PublicKey): Uint8Array {
    return this.#components.fleets.fleetOf(node)?.key ?? node;
  }
}
