import { PeerMap } from '../../peer-map';
import type { Timer, Timers } from '../../platform/timers';
import type { PublicKey } from '../../types';

/** The owner of this node hears of the mail of one recipient at most once in this time, milliseconds. */
const PAUSE_MS = 600_000;

/**
 * When the owner of this node hears that mail came for a recipient who is away, to wake them by other means: at once,
 * then at most once in 10 minutes. Mail that comes in between is told of at their end, if it is still here.
 */
export class WakeUps {
  readonly #timers: Timers;
  readonly #tell: (recipient: PublicKey) => void;
  /** Recipients told of within the last 10 minutes, and whether mail came since. */
  readonly #told = new PeerMap<{ timer: Timer; again: boolean }>();

  /** @param tell says it if the recipient is away and mail waits. Must not throw. */
  constructor(timers: Timers, tell: (recipient: PublicKey) => void) {
    this.#timers = timers;
    this.#tell = tell;
  }

  /** Mail came, and the recipient is away. */
  mailCame(recipient: PublicKey): void {
    const told = this.#told.get(recipient);
    if (told !== undefined) {
      told.again = true;
      return;
    }
    const timer = this.#timers.after(PAUSE_MS, () => this.#pauseOver(recipient));
    this.#told.set(recipient, { timer, again: false });
    this.#tell(recipient);
  }

  /** The peer is no longer a friend. */
  forget(recipient: PublicKey): void {
    this.#told.get(recipient)?.timer.cancel();
    this.#told.delete(recipient);
  }

  stop(): void {
    for (const { timer } of this.#told.values()) timer.cancel();
    this.#told.clear();
  }

  #pauseOver(recipient: PublicKey): void {
    const again = this.#told.get(recipient)?.again === true;
    this.#told.delete(recipient);
    if (again) this.mailCame(recipient);
  }
}
