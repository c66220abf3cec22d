import { PeerMap } from '../../peer-map';
import type { Clock } from '../../platform/clock';
import type { PublicKey } from '../../types';

export interface LastSeenComponents {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly connected: (peer: PublicKey) => boolean;
  /** Seconds since it was last heard of, as far as that is durable. */
  readonly silence: (peer: PublicKey) => number | undefined;
}

/** When peers were last seen. */
export class LastSeen {
  readonly #components: LastSeenComponents;
  /** Monotonic milliseconds, of those seen in this process. */
  readonly #seen = new PeerMap<number>();

  constructor(components: LastSeenComponents) {
    this.#components = components;
  }

  note(peer: PublicKey): void {
    this.#seen.set(peer, this.#components.clock.monotonic());
  }

  /** Milliseconds since it was last seen: 0 while connected, endless for a peer that never was. */
  awayOf(peer: PublicKey): number {
    const { clock, connected, silence } = this.#components;
    if (connected(peer)) return 0;
    const lastSeen = this.#seen.get(peer);
    if (lastSeen !== undefined) return clock.monotonic() - lastSeen;
    return (silence(peer) ?? Number.MAX_SAFE_INTEGER) * 1000;
  }

  forget(peer: PublicKey): void {
    this.#seen.delete(peer);
  }
}
