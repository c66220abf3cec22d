import type { Timer, Timers } from '../platform/timers';

/**
 * Says that waiting messages may go another way now. The part that makes it so calls `soon`; the dispatcher listens and
 * looks at all of them, once, however many calls there were.
 */
export class Wakeup {
  readonly #timers: Timers;
  #look: (() => void) | undefined;
  #timer: Timer | undefined;

  constructor(components: { readonly timers: Timers }) {
    this.#timers = components.timers;
  }

  /** From now on `look` follows each call of `soon`. */
  listen(look: () => void): void {
    this.#look = look;
  }

  /** Nobody listens any more. */
  stop(): void {
    this.#look = undefined;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Once the present events are through. */
  soon(): void {
    if (this.#look === undefined || this.#timer !== undefined) return;
    this.#timer = this.#timers.after(0, () => {
      this.#timer = undefined;
      this.#look?.();
    });
  }
}
