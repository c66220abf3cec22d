import { PeerMap } from '../../peer-map';
import type { PublicKey } from '../../types';
import type { IssuedBatches } from './issued-batches';
import { urgentKeys, type KeyLimits } from '../key-limits';

export interface StockReckoningOptions {
  readonly batches: Pick<IssuedBatches, 'of'>;
  readonly ages: { now(): number };
  readonly limits: KeyLimits;
}

/** How many unused keys of ours each peer has, as far as one can tell from here, and how many it lacks. */
export class StockReckoning {
  readonly #o: StockReckoningOptions;
  /** Per peer: keys it last said it holds, corrected by what we saw since; absent before it said so. */
  readonly #named = new PeerMap<number>();

  constructor(options: StockReckoningOptions) {
    this.#o = options;
  }

  /** The peer said how many it holds. */
  noteHeld(peer: PublicKey, held: number): void {
    this.#named.set(peer, held);
  }

  /** So many were acknowledged since, or, below 0, seen used. */
  change(peer: PublicKey, change: number): void {
    const named = this.#named.get(peer);
    if (named !== undefined) this.#named.set(peer, Math.max(0, named + change));
  }

  forget(peer: PublicKey): void {
    this.#named.delete(peer);
  }

  /** The age at which keys of the peer's stock will be old, or too old, next; Infinity: never. */
  olderAt(peer: PublicKey): number {
    const { maxPreKeyAge } = this.#o.limits;
    const now = this.#o.ages.now();
    const acknowledged = this.#o.batches.of(peer).filter(({ record }) => record.acknowledged);
    // Those of exactly half that age are fresh.
    const ages = acknowledged.flatMap(({ record: { createdAt } }) => [
      createdAt + Math.floor(maxPreKeyAge / 2) + 1,
      createdAt + maxPreKeyAge,
    ]);
    return Math.min(...ages.filter((age) => age > now), Infinity);
  }

  /**
   * How many keys a new batch for this peer should have; 0 when its stock is good.
   * @param options.fill as many as a full stock lacks
   * @param options.mail keys by mail are dear: old ones are replaced only when all are old; and slow: they set out while
   * the peer has more than it keeps for urgent messages
   */
  shortage(peer: PublicKey, options: { fill?: boolean; mail?: boolean } = {}): number {
    const { preKeysPerPeer, reservedKeysPerPeer, preKeyRefreshThreshold, maxPreKeyAge } = this.#o.limits;
    const now = this.#o.ages.now();
    let fresh = 0;
    let usable = 0;
    let acknowledged = 0;
    for (const { record, keys } of this.#o.batches.of(peer)) {
      if (!record.acknowledged) continue;
      acknowledged += keys.size;
      if (now - record.createdAt < maxPreKeyAge) usable += keys.size;
      if (now - record.createdAt <= maxPreKeyAge / 2) fresh += keys.size;
    }
    // A peer that was restored, or lies, may name more than it can have.
    const reckoned = Math.min(this.#named.get(peer) ?? usable, usable);
    const aging = options.mail === true ? fresh === 0 && acknowledged > 0 : fresh < acknowledged;
    const early = options.mail === true ? urgentKeys(this.#o.limits) : 0;
    if (reckoned >= preKeyRefreshThreshold + early && !aging && options.fill !== true) return 0;
    return Math.max(0, preKeysPerPeer + reservedKeysPerPeer - Math.min(reckoned, fresh));
  }
}
