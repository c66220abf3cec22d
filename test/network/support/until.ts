import { setTimeout as wait } from 'node:timers/promises';

/** A connection over real Tox takes about 10 s, sometimes 90. */
export const CONNECT_MS = 120_000;
/** A process that is started or ended needs a second, on a machine with much else to do many. */
export const PROCESS_MS = 60_000;

/** Looks ten times a second; rejects, naming `what`, when it takes too long. */
export async function until(
  what: string | (() => string),
  reached: () => boolean | Promise<boolean>,
  limitMs = CONNECT_MS,
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await reached())) {
    if (performance.now() > end) {
      throw new Error(`not within ${limitMs / 1000} s: ${typeof what === 'string' ? what : what()}`);
    }
    await wait(100);
  }
}
