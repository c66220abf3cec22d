import {
  fromHex,
  ToxAsyncError,
  type AsyncManager,
  type PublicKey,
  type Timer,
  type Timers,
} from '../../lib/index';
import { nodeError } from '../runtime/node-error';
import type { SignalList } from '../runtime/handlers/signal-list';

/** How long a name that nobody has waits for its owner, milliseconds. */
const FIRST_MINUTE = 60_000;

/**
 * The first minute of a session on a virtual network. Its members come in any order when the flows start: a name that
 * nobody has yet is no mistake until they had the time to come.
 */
export class FirstMinute {
  readonly #timers: Timers;
  /** Tells that friends, or the end of the minute, came. */
  readonly #changed: SignalList;
  #timer: Timer | undefined;

  constructor(timers: Timers, changed: SignalList) {
    this.#timers = timers;
    this.#changed = changed;
  }

  get isOn(): boolean {
    return this.#timer !== undefined;
  }

  /** The session is about to join, or has joined: the minute counts from here. */
  begin(): void {
    this.#timer?.cancel();
    this.#timer = this.#timers.after(FIRST_MINUTE, () => this.end());
  }

  /** A friend that has not come by now is unknown. */
  end(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#changed.emit();
  }

  /** Whether this name, of which `error` was thrown, may still get an owner. A key or Tox ID waits for nobody. */
  mayStillCome(name: string, error: unknown): boolean {
    return this.isOn && ToxAsyncError.is(error, 'ErrUnknownFriend') && fromHex(name) === undefined;
  }

  /** The friend of this name, once it is there. @throws what resolveFriend throws when the minute has passed */
  friend(manager: AsyncManager, name: string): Promise<PublicKey> {
    return new Promise((resolve, reject) => {
      const look = () => {
        try {
          resolve(manager.resolveFriend(name));
        } catch (error) {
          if (this.mayStillCome(name, error)) return;
          reject(nodeError(error));
        }
        off();
      };
      const off = this.#changed.on(look);
      look();
    });
  }
}
