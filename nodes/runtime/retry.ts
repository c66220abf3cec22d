import type { Timer, Timers } from '../../lib/index';
import { nodeError } from './node-error';

/** First wait after a failure, milliseconds; each further one is twice as long, up to the longest. */
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 60_000;

export interface RetryOptions {
  readonly timers: Timers;
  /** Ends the attempts. */
  readonly signal: AbortSignal;
  /** An attempt failed and comes again after `wait` milliseconds. */
  readonly onFailure: (error: Error, wait: number) => void;
}

/** Tries until `attempt` succeeds, and never gives up. Resolves undefined when `signal` ended it. */
export async function untilDone<T>(attempt: () => Promise<T>, o: RetryOptions): Promise<T | undefined> {
  const ended = () => o.signal.aborted;
  for (let wait = FIRST_WAIT; !ended(); wait = Math.min(wait * 2, LONGEST_WAIT)) {
    try {
      return await attempt();
    } catch (error) {
      if (ended()) break;
      o.onFailure(nodeError(error), wait);
      await pause(o.timers, wait, o.signal);
    }
  }
  return undefined;
}

function pause(timers: Timers, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      timer.cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer: Timer = timers.after(ms, end);
    signal.addEventListener('abort', end, { once: true });
  });
}
