import { PeerMap } from '../peer-map';
import type { PublicKey } from '../types';
import type { Clock } from './clock';

export interface RateLimit {
  /** Requests taken at once after a pause. */
  readonly burst: number;
  /** Requests a second after that. */
  readonly perSecond: number;
}

/** One token bucket a peer, on the monotonic clock. */
export class TokenBuckets {
  readonly #limit: RateLimit;
  readonly #clock: Clock;
  readonly #buckets = new PeerMap<{ tokens: number; at: number }>();

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
    const { burst, perSecond } = this.#limit;
    const now = this.#clock.monotonic();
    const bucket = this.#buckets.get(peer) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    const taken = tokens >= 1;
    this.#buckets.set(peer, { tokens: taken ? tokens - 1 : tokens, at: now });
    return taken ? 0 : Math.max(1, Math.ceil((1 - tokens) / perSecond));
  }
}
