import { PeerMap } from '../../peer-map';
import type { Clock } from '../../platform/clock';
import type { Emitter } from '../../platform/emitter';
import type { PublicKey } from '../../types';
import type { AsyncManagerEvents } from '../events';

/** So long an event explains what a user sees, milliseconds. */
const DAY = 86_400_000;

const NOTED = ['identity-in-use-elsewhere', 'identity-restored', 'keys-dead'] as const;

type Noted = (typeof NOTED)[number];

export interface NoticesComponents {
  readonly events: Pick<Emitter<AsyncManagerEvents>, 'on'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly friends: { has(publicKey: PublicKey): boolean };
}

/** What happened to keys within the last day, for the diagnosis. */
export class Notices {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** Monotonic milliseconds, by friend and event. */
  readonly #noted = new PeerMap<Map<Noted, number>>();

  constructor({ events, clock, friends }: NoticesComponents) {
    this.#clock = clock;
    for (const event of NOTED) {
      events.on(event, ({ friend }) => {
        this.#noted.getOrInsert(friend, () => new Map()).set(event, clock.monotonic());
      });
    }
    events.on('friends-changed', () => {
      for (const friend of this.#noted.keys()) if (!friends.has(friend)) this.#noted.delete(friend);
    });
  }

  has(friend: PublicKey, event: Noted): boolean {
    const at = this.#noted.get(friend)?.get(event);
    return at !== undefined && this.#clock.monotonic() - at < DAY;
  }
}
