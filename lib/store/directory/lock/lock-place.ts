import { createHash } from 'node:crypto';
import { mkdir, open, readdir, realpath, stat, unlink, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { toHex } from '../../../bytes';
import { ToxAsyncError } from '../../../errors';
import type { Random } from '../../../platform/random';

/** Name of the folder of sockets, which its holder keeps open (there is none on Windows). */
export const LOCK = 'lock';
/** Bytes of a socket's path; Node silently cuts what is longer. */
const LONGEST_PATH = process.platform === 'linux' ? 107 : 103;
/** What a mode gives to the group and to everybody. */
const OTHERS = 0o077;
const NAME = /^[0-9a-f]{24}$/;

/** Where the sockets of one directory are. */
export interface Place {
  /** A name for a new socket. */
  newName(random: Random): string;
  address(name: string): string;
  /** Nobody but its owner can connect: visitors are this user. */
  readonly isPrivate: boolean;
  /** Whoever listens there is this user, or the one whom the superuser wants to ask: they may be told secrets. */
  readonly mayBeAsked: boolean;
  /** Every socket's name, one's own included. */
  names(): Promise<string[]>;
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Makes it when it is not there. */
export function openPlace(directory: string): Promise<Place> {
  return process.platform === 'win32' ? namedPipe(directory) : socketFolder(directory);
}

/** Windows: one named pipe per directory, which the system itself gives to one process only. */
async function namedPipe(directory: string): Promise<Place> {
  const real = (await realpath(directory)).toLowerCase();
  const name = createHash('sha256').update(real).digest('hex').slice(0, 32);
  return {
    newName: () => name,
    isPrivate: true,
    mayBeAsked: true,
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
    const { mode, uid } = await handle.stat();
    const isOwnersAlone = (mode & OTHERS) === 0;
    const user = process.getuid?.();
    let closed = false;
    return {
      newName: (random) => toHex(random.bytes(12)),
      address: (name) => `${base}/${name}`,
      isPrivate: isOwnersAlone && uid === user,
      mayBeAsked: isOwnersAlone && (uid === user || user === 0),
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

export function isErrno(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
