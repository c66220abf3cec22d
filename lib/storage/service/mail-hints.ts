import { PeerMap } from '../../peer-map';
import type { Timer, Timers } from '../../platform/timers';
import type { PublicKey } from '../../types';

/** A recipient hears of new mail at most once in this time. */
const PAUSE_MS = 1000;

/** When recipients are notified of mail: at once, then each at most once a second. */
export class MailHints {
  readonly #timers: Timers;
  readonly #tell: (recipient: PublicKey) => boolean;
  /** Recipients notified within the last second, and whether mail came since. */
  readonly #told = new PeerMap<{ timer: Timer; again: boolean }>();

  /** @param tell sends the hint; false when there was nobody to tell. Must not throw. */
  constructor(timers: Timers, tell: (recipient: PublicKey) => boolean) {
    this.#timers = timers;
    this.#tell = tell;
  }

  mailCame(recipient: PublicKey): void {
    const told = this.#told.get(recipient);
    if (told) told.again = true;
    else this.#hint(recipient);
  }

  /** Forgets hints that were held back. */
  stop(): void {
    for (const { timer } of this.#told.values()) timer.cancel();
    this.#told.clear();
  }

  #hint(recipient: PublicKey): void {
    if (!this.#tell(recipient)) return;
    const timer = this.#timers.after(PAUSE_MS, () => this.#pauseOver(recipient));
    this.#told.set(recipient, { timer, again: false });
  }

  #pauseOver(recipient: PublicKey): void {
    const again = this.#told.get(recipient)?.again === true;
    this.#told.delete(recipient);
    if (again) this.#hint(recipient);
  }
}
