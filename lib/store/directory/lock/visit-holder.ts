import { stat } from 'node:fs/promises';
import path from 'node:path';
import { sleep, type Timers } from '../../../platform/timers';
import { isErrno, LOCK, openPlace } from './lock-place';
import { visit, type Visit } from './lock-socket';

/** Looks at a process that is starting or busy, and the time between two of them, ms. */
const LOOKS = 20;
const LOOK_AGAIN_MS = 250;

/** @see Place.mayBeAsked */
export interface HolderVisit extends Visit {
  readonly mayBeAsked: boolean;
}

/**
 * Connects to the process that holds a data directory, and makes nothing there. undefined when nobody holds it;
 * 'silent' when somebody does, or seems to, and did not answer for some seconds.
 * @throws ErrInvalidArgument (see lockDirectory); Node's error when the folder cannot be read
 */
export async function visitHolder(
  directory: string,
  timers: Timers,
): Promise<HolderVisit | 'silent' | undefined> {
  if (process.platform !== 'win32' && !(await isThere(path.join(directory, LOCK)))) return undefined;
  const place = await openPlace(directory);
  try {
    for (let look = 0; look < LOOKS; look++) {
      if (look > 0) await sleep(timers, LOOK_AGAIN_MS);
      let alive = false;
      for (const name of await place.names()) {
        const found = await visit(place.address(name), timers);
        if (found === 'gone' || found === 'dead') continue;
        alive = true;
        if (found === 'silent') continue;
        if (found.claim.state === 'held') return { ...found, mayBeAsked: place.mayBeAsked };
        found.socket.destroy();
      }
      if (!alive) return undefined;
    }
    return 'silent';
  } finally {
    await place.close();
  }
}

async function isThere(folder: string): Promise<boolean> {
  try {
    return (await stat(folder)).isDirectory();
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return false;
    throw error;
  }
}
