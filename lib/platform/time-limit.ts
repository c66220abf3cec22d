import type { Timer, Timers } from './timers';

/** Time that several steps share. One that takes longer goes on by itself, and its failure is dropped. */
export class TimeLimit {
  readonly #over: Promise<void>;
  readonly #timer: Timer;
  #isOver = false;

  /** @param ms from now on */
  constructor(timers: Timers, ms: number) {
    let end: () => void;
    this.#over = new Promise((resolve) => (end = resolve));
    this.#timer = timers.after(ms, () => {
      this.#isOver = true;
      end();
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** False when the time was over before `step` ended. Rejects as `step` does. */
  async waitFor(step: Promise<unknown>): Promise<boolean> {
    step.catch(() => undefined);
    return Promise.race([step.then(() => true), this.#over.then(() => false)]);
  }

  /** To be called when all steps are taken. */
  end(): void {
    this.#timer.cancel();
  }
}
