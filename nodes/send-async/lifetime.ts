import { types } from 'node:util';
import { MAX_MESSAGE_LIFETIME, ToxAsyncError } from '../../lib/index';
import { isBlank } from '../runtime/settings/setting-values';
import { BUILD_DATE } from './build-date';

/** What `expires` says: seconds to live, undefined for the default life. */
export interface Lifetime {
  readonly seconds: number | undefined;
  /** The time it gave could not be compared with the clock, which has not been set yet: the default life counts. */
  readonly clockUnset: boolean;
}

/**
 * Seconds that a message lives: `expires` is a number of seconds or an ISO time, each also as text. A machine without
 * a clock of its own boots in the past; its alert must not be refused for that.
 * @param now Unix milliseconds
 * @throws ErrInvalidArgument: neither of them, in the past, or over 14 days
 */
export function lifetimeOf(expires: unknown, now: number): Lifetime {
  if (isBlank(expires)) return { seconds: undefined, clockUnset: false };
  const time = timeOf(expires);
  if (time !== undefined && now < BUILD_DATE) return { seconds: undefined, clockUnset: true };
  const seconds = Math.ceil(time === undefined ? secondsOf(expires) : (time - now) / 1000);
  if (isInRange(seconds)) return { seconds, clockUnset: false };
  throw new ToxAsyncError(
    'ErrInvalidArgument',
    'expires must be a number of seconds or a future time like 2030-01-31T12:00:00Z, at most 14 days from now.',
  );
}

/** Whether `expires` is a number of seconds within bounds, or any time. */
export function isLifetime(expires: unknown): boolean {
  return timeOf(expires) !== undefined || isInRange(Math.ceil(secondsOf(expires)));
}

function isInRange(seconds: number): boolean {
  return seconds >= 1 && seconds <= MAX_MESSAGE_LIFETIME;
}

/** NaN when it is no number. */
function secondsOf(expires: unknown): number {
  return typeof expires === 'number' || typeof expires === 'string' ? Number(expires) : NaN;
}

/** Unix milliseconds; undefined when it is no time. */
function timeOf(expires: unknown): number | undefined {
  const time = types.isDate(expires)
    ? expires.getTime()
    : typeof expires === 'string' && Number.isNaN(Number(expires))
      ? Date.parse(expires)
      : NaN;
  return Number.isNaN(time) ? undefined : time;
}
