import { PeerMap } from '../../peer-map';
import type { PublicKey } from '../../types';
import type { NodeRecords } from './node-records';

/** How exactly it is kept over a restart when a friend was last heard of, seconds. */
const HEARD_EVERY = 3600;

export interface WithheldMailComponents {
  readonly records: Pick<NodeRecords, 'get' | 'update'>;
  /** Durable seconds. */
  readonly ages: { now(): number };
}

/**
 * Friends who were there and whose mail ended without a receipt all the same: the nodes that took it may have withheld
 * it. From then on other nodes take part. It stays so, since a node that withholds mail can let some of it through.
 */
export class WithheldMail {
  readonly #components: WithheldMailComponents;
  /** Ages at which friends were last heard of in this process. */
  readonly #heardAt = new PeerMap<number>();

  constructor(components: WithheldMailComponents) {
    this.#components = components;
  }

  noteHeard(friend: PublicKey): void {
    const { records, ages } = this.#components;
    const now = ages.now();
    this.#heardAt.set(friend, now);
    const record = records.get(friend);
    if (record && now - record.heardAt >= HEARD_EVERY) records.update(friend, { heardAt: now });
  }

  noteUnconfirmed(friend: PublicKey, depositedAt: number): void {
    const { records } = this.#components;
    const record = records.get(friend);
    if (record === undefined) return;
    const heardAt = Math.max(record.heardAt, this.#heardAt.get(friend) ?? 0);
    if (heardAt > depositedAt) records.update(friend, { withheld: true });
  }

  isSuspected(friend: PublicKey): boolean {
    return this.#components.records.get(friend)?.withheld ?? false;
  }

  /** The peer is no longer a friend. */
  forget(friend: PublicKey): void {
    this.#heardAt.delete(friend);
  }
}
