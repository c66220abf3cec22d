import { types } from 'node:util';
import { MAX_MESSAGE_LIFETIME, ToxAsyncError } from '../../lib/index';
import { isBlank } from '../runtime/setting-values';

/**
 * Seconds that a message lives: `expires` is a number of seconds or an ISO time, each also as text.
 * @param now Unix milliseconds
 * @returns undefined when `expires` is blank: the default
 * @throws ErrInvalidArgument: neither of them, in the past, or over 14 days
 */
export function lifetimeOf(expires: unknown, now: number): number | undefined {
  if (isBlank(expires)) return undefined;
  const seconds = Math.ceil(secondsOf(expires, now));
  if (seconds >= 1 && seconds <= MAX_MESSAGE_LIFETIME) return seconds;
  throw new ToxAsyncError(
    'ErrInvalidArgument',
    'expires must be a number of seconds or a time like 2030-01-31T12:00:00Z, at most 14 days from now.',
  );
}

/** NaN when it is neither a number nor a time. */
function secondsOf(expires: unknown, now: number): number {
  if (typeof expires === 'number') return expires;
  if (types.isDate(expires)) return (expires.getTime() - now) / 1000;
  if (typeof expires !== 'string') return NaN;
  const number = Number(expires);
  return Number.isNaN(number) ? (Date.parse(expires) - now) / 1000 : number;
}
