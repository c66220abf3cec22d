import { randomFraction, type Random } from './random';

/** The shortest and the longest wait, milliseconds. */
export interface BackoffLimits {
  /** Wait after the first failure, milliseconds. Each further one doubles it. */
  readonly first: number;
  /** It grows no longer than this, milliseconds. */
  readonly longest: number;
}

/**
 * Milliseconds to wait after `failures` in a row; 0 after none. With `random` spread by up to a quarter either way, so
 * that those who failed together do not come back together.
 */
export function backoff(failures: number, { first, longest }: BackoffLimits, random?: Random): number {
  if (failures <= 0) return 0;
  const wait = Math.min(first * 2 ** (failures - 1), longest);
  return random ? wait * (0.75 + randomFraction(random) / 2) : wait;
}
