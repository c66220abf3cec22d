import type { Socket } from 'node:net';
import { hostname } from 'node:os';
import { toHex } from '../../../bytes';
import { ToxAsyncError } from '../../../errors';
import { randomFraction, type Random } from '../../../platform/random';
import { sleep, type Timers } from '../../../platform/timers';
import { isErrno, openPlace, type Place } from './lock-place';
import { LockSocket, probe, type LockClaim, type Probe } from './lock-socket';

/** A held lock; it ends with `release` or with the process, however that dies. */
export interface DirectoryLock {
  /** Idempotent; it ends the visits too. */
  release(): Promise<void>;
  /**
   * Who connects and stays is given to `receive`, which replaces the one before. They are turned away before that, and
   * where the folder of the lock is another user's or open to others.
   */
  onVisit(receive: (visitor: Socket) => void): void;
}

export interface LockOptions {
  readonly random: Random;
  readonly timers: Timers;
}

/** The locks that this process holds. */
const ownClaims = new Set<string>();
/** A lock met in use is tried again: its holder may be closing, as on a redeploy. */
const RETRIES = 5;
/** Wait before a retry: this plus up to as much again, ms. */
const RETRY_MS = 100;
/** Wait before another look at starters that are giving way, ms. */
const LOOK_AGAIN_MS = 25;
/** Looks at others that are starting before they count as holders: one of them may be stopped. */
const LOOKS = 40;

/**
 * Locks a data directory among all processes of one machine, its containers included (a folder on a network
 * file system cannot be locked so).
 *
 * Each starter listens on a socket of its own random name in `lock/` and only then connects to every other name
 * there: a name that answers is a holder, or another starter; one that refuses is dead and is removed. Two
 * starters always see each other, so at most one goes on; among several the lowest name does. Nothing has to be
 * cleaned up after a crash, since the kernel closes a dead process's sockets.
 *
 * @throws ErrIdentityInUse naming the holder; ErrInvalidArgument the path is too long for a socket here;
 * ErrStore the folder cannot be written or holds no sockets
 */
export async function lockDirectory(directory: string, options: LockOptions): Promise<DirectoryLock> {
  // Injected timers keep no process alive, but a process must not end while it waits for a lock.
  const alive = setInterval(() => undefined, 2 ** 30);
  try {
    const place = await openPlace(directory);
    try {
      return await acquire(directory, place, options);
    } catch (error) {
      await place.close();
      throw error;
    }
  } catch (error) {
    throw asLockError(error, directory);
  } finally {
    clearInterval(alive);
  }
}

async function acquire(directory: string, place: Place, options: LockOptions): Promise<DirectoryLock> {
  let holder: Probe = 'silent';
  for (let attempt = 0; attempt <= RETRIES; attempt++) {
    if (attempt > 0) await sleep(options.timers, RETRY_MS * (1 + randomFraction(options.random)));
    const result = await attemptOnce(place, options);
    if (typeof result === 'object' && 'release' in result) return result;
    holder = result;
  }
  throw new ToxAsyncError('ErrIdentityInUse', inUse(directory, holder));
}

/** The lock, or who holds it. */
async function attemptOnce(place: Place, options: LockOptions): Promise<DirectoryLock | Probe> {
  const name = place.newName(options.random);
  const claim = toHex(options.random.bytes(12));
  let state: LockClaim['state'] = 'starting';
  let receive: ((visitor: Socket) => void) | undefined;
  const since = new Date().toISOString();
  let socket: LockSocket;
  try {
    socket = await LockSocket.listen(place.address(name), {
      claim: () => ({ pid: process.pid, host: hostname(), since, state, claim }),
      receiver: () => (place.isPrivate ? receive : undefined),
    });
  } catch (error) {
    // Only a named pipe of Windows has a name that is already taken.
    if (isErrno(error, 'EADDRINUSE')) return probe(place.address(name), options.timers);
    throw error;
  }
  try {
    const other = await otherClaimant(place, name, options.timers);
    if (other === undefined) {
      state = 'held';
      ownClaims.add(claim);
      return {
        release: async () => {
          ownClaims.delete(claim);
          socket.close();
          await place.close();
        },
        onVisit: (receiver) => (receive = receiver),
      };
    }
    socket.close();
    return other;
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** Who else claims the directory, or undefined when `own` is alone with it. */
async function otherClaimant(place: Place, own: string, timers: Timers): Promise<Probe | undefined> {
  let starter: Probe | undefined;
  for (let look = 0; look < LOOKS; look++) {
    if (look > 0) await sleep(timers, LOOK_AGAIN_MS);
    starter = undefined;
    const names = await place.names();
    for (const name of names) {
      if (name === own) continue;
      const found = await probe(place.address(name), timers);
      if (found === 'gone') continue;
      if (found === 'dead') await place.remove(name);
      else if (found === 'silent' || found.state === 'held' || name < own) return found;
      else starter = found;
    }
    if (starter !== undefined) continue;
    // Someone may have knocked between our bind and our listen and removed our name: then we are invisible.
    return (await place.names()).includes(own) ? undefined : 'silent';
  }
  return starter;
}

function inUse(directory: string, holder: Probe): string {
  // Nobody is to stop Node-RED because two of its sessions were given one folder.
  if (typeof holder === 'object' && ownClaims.has(holder.claim)) {
    return (
      `${directory} has been in use by this process itself (${holder.pid} on ${holder.host}) since ${holder.since}. ` +
      `Give each session a data directory of its own.`
    );
  }
  const who =
    typeof holder === 'object'
      ? `process ${holder.pid} on ${holder.host} since ${holder.since}`
      : 'another process';
  return `${directory} is in use by ${who}. Stop it, or give this session a data directory of its own.`;
}

function asLockError(error: unknown, directory: string): ToxAsyncError {
  if (error instanceof ToxAsyncError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new ToxAsyncError(
    'ErrStore',
    `${directory} cannot be locked (${text}). Choose a folder on a local disk that this process can write to.`,
    { cause: error },
  );
}
