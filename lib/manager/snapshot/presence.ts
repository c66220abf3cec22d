import { PeerMap } from '../../peer-map';
import type { Emitter } from '../../platform/emitter';
import type { PublicKey } from '../../types';
import type { AsyncManagerEvents } from '../events';

export interface PresenceComponents {
  readonly events: Pick<Emitter<AsyncManagerEvents>, 'on'>;
  readonly ages: { now(): number };
  readonly friends: { has(publicKey: PublicKey): boolean };
}

/** Since when we are online or not, and when friends were last seen, as far as this process was there to see it. */
export class Presence {
  readonly #ages: { now(): number };
  readonly #seen = new PeerMap<number>();
  #online = false;
  #since: number | undefined;

  constructor({ events, ages, friends }: PresenceComponents) {
    this.#ages = ages;
    events.on('transport-status', ({ online }) => {
      if (online === this.#online) return;
      this.#online = online;
      this.#since = ages.now();
    });
    events.on('friend-status', ({ friend }) => this.#seen.set(friend, ages.now()));
    events.on('friends-changed', () => {
      for (const friend of this.#seen.keys()) if (!friends.has(friend)) this.#seen.delete(friend);
    });
  }

  /** Seconds since we came online, or went offline; undefined: neither happened. */
  get since(): number | undefined {
    return this.#since === undefined ? undefined : this.#ages.now() - this.#since;
  }

  /** Seconds since the friend came online, or went offline; undefined: neither happened. */
  seen(friend: PublicKey): number | undefined {
    const at = this.#seen.get(friend);
    return at === undefined ? undefined : this.#ages.now() - at;
  }
}
