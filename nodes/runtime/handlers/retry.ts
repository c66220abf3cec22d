import { backoff, sleep, type Platform } from '../../../lib/index';
import { guarded } from './guard';
import { nodeError } from '../node-error';

/** Wait after a failed attempt, milliseconds. */
const RETRY = { first: 1_000, longest: 60_000 };

export interface RetryOptions {
  /** Its randomness spreads the attempts of sessions that failed together. */
  readonly platform: Pick<Platform, 'timers' | 'random'>;
  /** Ends the attempts. */
  readonly signal: AbortSignal;
  /** An attempt failed and comes again after `wait` milliseconds, which is a whole number. */
  readonly onFailure: (error: Error, wait: number) => void;
}

/** Tries until `attempt` succeeds, and never gives up. Resolves undefined when `signal` ended it. */
export async function untilDone<T>(attempt: () => Promise<T>, o: RetryOptions): Promise<T | undefined> {
  const { timers, random } = o.platform;
  const ended = () => o.signal.aborted;
  for (let failures = 1; !ended(); failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (ended()) break;
      const wait = Math.round(backoff(failures, RETRY, random));
      guarded(() => o.onFailure(nodeError(error), wait));
      await sleep(timers, wait, o.signal);
    }
  }
  return undefined;
}
