import { createHash } from 'node:crypto';
import { mkdir, open, readdir, realpath, stat, unlink, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { toHex } from '../../bytes';
import { ToxAsyncError } from '../../errors';
import { randomFraction, type Random } from '../../platform/random';
import { sleep, type Timers } from '../../platform/timers';
import { LockSocket, probe, type LockClaim, type Probe } from './lock-socket';

/** A held lock; it ends with `release` or with the process, however that dies. */
export interface DirectoryLock {
  /** Idempotent. */
  release(): Promise<void>;
}

export interface LockOptions {
  readonly random: Random;
  readonly timers: Timers;
}

/** Name of the folder of sockets, which its holder keeps open (there is none on Windows). */
export const LOCK = 'lock';
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
/** Bytes of a socket's path; Node silently cuts what is longer. */
const LONGEST_PATH = process.platform === 'linux' ? 107 : 103;
const NAME = /^[0-9a-f]{24}$/;

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

/** Where the sockets of one directory are. */
interface Place {
  /** A name for a new socket. */
  newName(random: Random): string;
  address(name: string): string;
  /** Every socket's name, one's own included. */
  names(): Promise<string[]>;
  remove(name: string): Promise<void>;
  close(): Promise<void>;
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
  const since = new Date().toISOString();
  let socket: LockSocket;
  try {
    socket = await LockSocket.listen(place.address(name), () => ({
      pid: process.pid,
      host: hostname(),
      since,
      state,
      claim,
    }));
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

function openPlace(directory: string): Promise<Place> {
  return process.platform === 'win32' ? namedPipe(directory) : socketFolder(directory);
}

/** Windows: one named pipe per directory, which the system itself gives to one process only. */
async function namedPipe(directory: string): Promise<Place> {
  const real = (await realpath(directory)).toLowerCase();
  const name = createHash('sha256').update(real).digest('hex').slice(0, 32);
  return {
    newName: () => name,
    address: () => `\\\\.\\pipe\\tox-async-${name}`,
    names: () => Promise.resolve([name]),
    remove: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

async function socketFolder(directory: string): Promise<Place> {
  const folder = path.join(directory, LOCK);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const handle = await open(folder, 'r');
  try {
    const base = await shortPath(folder, handle);
    let closed = false;
    return {
      newName: (random) => toHex(random.bytes(12)),
      address: (name) => `${base}/${name}`,
      names: async () => (await readdir(folder)).filter((name) => NAME.test(name)),
      remove: (name) => unlinkIfThere(path.join(folder, name)),
      close: async () => {
        if (closed) return;
        closed = true;
        await handle.close();
      },
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** A path to `folder` that leaves room for a name: on Linux through the open folder itself, however deep it is. */
async function shortPath(folder: string, handle: FileHandle): Promise<string> {
  const through = `/proc/self/fd/${handle.fd}`;
  if (process.platform === 'linux' && (await sameFolder(through, handle))) return through;
  if (Buffer.byteLength(folder) + 25 > LONGEST_PATH) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      `The data directory's path is too long for its lock (at most ${LONGEST_PATH - 30} bytes here): ${folder}. Choose a shorter one.`,
    );
  }
  return folder;
}

async function sameFolder(through: string, handle: FileHandle): Promise<boolean> {
  try {
    const [a, b] = await Promise.all([stat(through), handle.stat()]);
    return a.ino === b.ino && a.dev === b.dev;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'EACCES')) return false;
    throw error;
  }
}

async function unlinkIfThere(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
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

function isErrno(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
