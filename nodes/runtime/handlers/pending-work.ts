import type { Timers } from '../../../lib/index';
import { guarded } from './guard';

/** Tasks that have begun and not ended. */
export class PendingWork {
  readonly #tasks = new Set<Promise<unknown>>();

  /** Counts `task` until it ends, however it ends, and returns it. */
  add<T>(task: Promise<T>): Promise<T> {
    this.#tasks.add(task);
    const forget = () => this.#tasks.delete(task);
    task.then(forget, forget);
    return task;
  }

  /** Resolves when every task that is pending now has ended. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#tasks);
  }

  /** The same, but waits at most `ms`. */
  settledWithin(ms: number, timers: Timers): Promise<void> {
    return within(this.settled(), ms, timers);
  }
}

/** Resolves when `task` has ended, and after `ms` at the latest (`onLate`); rejects as `task` does before that. */
export function within(
  task: Promise<void>,
  ms: number,
  timers: Timers,
  onLate: () => void = () => undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = timers.after(ms, () => {
      guarded(onLate);
      resolve();
    });
    task.then(resolve, reject).finally(() => timer.cancel());
  });
}
