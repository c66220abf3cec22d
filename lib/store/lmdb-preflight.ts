import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ToxAsyncError } from '../errors';
import type { Disk } from '../platform/disk';
import { fullError, lowSpaceLimit } from './store-errors';

/** More than lmdb needs for its default of 126 readers. */
const LOCK_FILE_BYTES = 16_384;
/** lmdb's stamp and the version of its format, little-endian, somewhere in the first bytes of the file. */
const STAMP = Buffer.of(0xde, 0xc0, 0xef, 0xbe, 2, 0, 0, 0);
const STAMP_WITHIN = 64;
/** Two root pages, the least a database has. */
const SMALLEST_DATABASE = 8192;

/**
 * Makes sure that lmdb will be able to open its files, because where it is not, it ends the process (SIGSEGV, or
 * SIGBUS on a full disk) in place of an error.
 * @throws ErrLocalStorageFull, ErrStore; Node's own errors
 */
export async function prepareLmdbFiles(
  path: string,
  disk: Pick<Disk, 'freeBytes' | 'volumeBytes'>,
): Promise<void> {
  await checkDatabaseFile(path, disk);
  await fillLockFile(`${path}-lock`);
}

async function checkDatabaseFile(path: string, disk: Pick<Disk, 'freeBytes' | 'volumeBytes'>): Promise<void> {
  const file = await open(path, 'a+', 0o600);
  try {
    const { size } = await file.stat();
    if (size === 0) {
      const free = await disk.freeBytes(path);
      if (free < lowSpaceLimit(await disk.volumeBytes(path))) throw fullError(undefined);
      await syncFolder(dirname(path));
      return;
    }
    const head = Buffer.alloc(STAMP_WITHIN);
    await file.read(head, 0, STAMP_WITHIN, 0);
    if (size < SMALLEST_DATABASE || head.indexOf(STAMP) < 0) throw foreignError(path);
  } finally {
    await file.close();
  }
}

/**
 * lmdb makes its lock file sparse and writes to it through memory, which no full disk bears. A file that has all
 * of its blocks is used as it is.
 */
async function fillLockFile(path: string): Promise<void> {
  const file = await open(path, 'a', 0o600);
  try {
    const { size } = await file.stat();
    if (size < LOCK_FILE_BYTES) await file.writeFile(new Uint8Array(LOCK_FILE_BYTES - size));
  } finally {
    await file.close();
  }
}

/** lmdb syncs only what is in its file: a new file's name would be lost. Windows does this by itself. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function foreignError(path: string): ToxAsyncError {
  return new ToxAsyncError(
    'ErrStore',
    `${path} is not an lmdb database, or a damaged one. ` +
      'Restore the data directory from a backup or start with a new one.',
  );
}
