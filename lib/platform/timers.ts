/** A pending timer; `cancel` is idempotent. */
export interface Timer {
  cancel(): void;
}

/** One-shot timers. None keeps the process alive. */
export interface Timers {
  after(ms: number, run: () => void): Timer;
}

/** Node's setTimeout fires at once beyond this many milliseconds, so longer waits are cut to it. */
const LONGEST = 2 ** 31 - 1;

export const systemTimers: Timers = {
  after(ms, run) {
    const handle = setTimeout(run, Math.min(Math.max(ms, 0), LONGEST));
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};

/** See Platform.keepAlive. */
export function systemKeepAlive(): Timer {
  const handle = setInterval(() => undefined, LONGEST);
  return { cancel: () => clearInterval(handle) };
}

/** Resolves after `ms`, or at once when `signal` aborts. */
export function sleep(timers: Timers, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      timer.cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = timers.after(ms, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}
