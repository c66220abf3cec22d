import { PeerMap } from '../peer-map';
import type { PublicKey } from '../types';
import type { Clock } from './clock';

export interface RateLimit {
  /** Requests taken at once after a pause. */
  readonly burst: number;
  /** Requests a second after that. */
  readonly perSecond: number;
}

/** A rate for all together. */
export class TokenBucket {
  readonly #limit: RateLimit;
  readonly #now: () => number;
  #tokens: number;
  #at: number;

  /** @param now milliseconds that never go back */
  constructor(limit: RateLimit, now: () => number) {
    this.#limit = limit;
    this.#now = now;
    this.#tokens = limit.burst;
    this.#at = now();
  }

  /** Takes a token and gives 0, or gives the whole seconds (at least 1) until there is one. */
  take(): number {
    const { burst, perSecond } = this.#limit;
    const now = this.#now();
    const tokens = Math.min(burst, this.#tokens + ((now - this.#at) / 1000) * perSecond);
    const taken = tokens >= 1;
    this.#tokens = taken ? tokens - 1 : tokens;
    this.#at = now;
    return taken ? 0 : Math.max(1, Math.ceil((1 - tokens) / perSecond));
  }
}

/** One token bucket a peer, on the monotonic clock. */
export class TokenBuckets {
  readonly #limit: RateLimit;
  readonly #clock: Clock;
  readonly #buckets = new PeerMap<TokenBucket>();

  constructor(limit: RateLimit, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** As if it had never taken any. */
  forget(peer: PublicKey): void {
    this.#buckets.delete(peer);
  }

  /** Forgets all others. */
  retain(isWanted: (peer: PublicKey) => boolean): void {
    for (const peer of this.#buckets.keys()) if (!isWanted(peer)) this.#buckets.delete(peer);
  }

  /** Takes a token and gives 0, or gives the whole seconds (at least 1) until there is one. */
  take(peer: PublicKey): number {
    const bucket = this.#buckets.get(peer) ?? new TokenBucket(this.#limit, () => this.#clock.monotonic());
    this.#buckets.set(peer, bucket);
    return bucket.take();
  }
}
