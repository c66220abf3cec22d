import { open, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ToxAsyncError } from '../../errors';
import type { Disk } from '../../platform/disk';
import { isReadableLmdbFile } from './lmdb-loader';
import { fullError, lostError, lowSpaceLimit } from '../store-errors';

/** More than lmdb needs for its default of 126 readers. */
const LOCK_FILE_BYTES = 16_384;
/** lmdb's stamp and the version of its format, little-endian, somewhere in the first bytes of the file. */
const STAMP = Buffer.of(0xde, 0xc0, 0xef, 0xbe, 2, 0, 0, 0);
const STAMP_WITHIN = 64;
const WIDE = new Set(['x64', 'arm64']);
/** A file shorter than this part of what it should be is not one that ends in free pages. */
const MOST_TIMES = 2;
const MOST_BYTES = 64 * 1024 * 1024;
/** Two root pages, the least a database has. */
const SMALLEST_DATABASE = 8192;

/**
 * Makes sure that lmdb will be able to open its files, because where it is not, it ends the process (SIGSEGV, or
 * SIGBUS on a full disk) in place of an error.
 * @throws ErrLocalStorageFull, ErrStore; Node's own errors
 */
export async function prepareLmdbFiles(options: PreflightOptions): Promise<void> {
  await removeForeignLockFile(`${options.path}-lock`);
  await checkDatabaseFile(options);
  await fillLockFile(`${options.path}-lock`);
}

/** One that is read-only or somebody else's: lmdb makes it again, and nobody uses it while the directory is locked. */
async function removeForeignLockFile(path: string): Promise<void> {
  try {
    await (await open(path, 'r+')).close();
  } catch {
    await rm(path, { force: true });
  }
}

export interface PreflightOptions {
  readonly path: string;
  readonly disk: Pick<Disk, 'freeBytes' | 'volumeBytes'>;
  /** Has another process read every record. */
  readonly readFirst?: boolean;
}

async function checkDatabaseFile({ path, disk, readFirst = false }: PreflightOptions): Promise<void> {
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
    const used = await pagesInUse(file, head.indexOf(STAMP));
    if (used && used.count * used.bytesEach > size) await lengthen(path, file, size, used);
    // A page of zeros, as after a power cut, would fail reads much later, or end the process.
    else if (readFirst && !(await isReadableLmdbFile(path))) throw foreignError(path);
  } finally {
    await file.close();
  }
}

/**
 * A file shorter than its last page was cut off, or lmdb never wrote the last pages because they were free again.
 * A page beyond the end of the file is SIGBUS, so the file gets its length, and another process, which may die of
 * it, reads all of it first.
 */
async function lengthen(path: string, file: FileHandle, size: number, used: Pages): Promise<void> {
  const wanted = used.count * used.bytesEach;
  // lmdb writes whole pages: of half of one the rest is lost.
  if (size % used.bytesEach !== 0 || wanted > size * MOST_TIMES + MOST_BYTES) throw foreignError(path);
  await file.truncate(wanted);
  let isReadable = false;
  try {
    isReadable = await isReadableLmdbFile(path);
  } finally {
    if (!isReadable) await file.truncate(size);
  }
  if (!isReadable) throw foreignError(path);
}

interface Pages {
  readonly count: number;
  readonly bytesEach: number;
}

/**
 * The pages up to the last one that a root page names, or undefined where the roots have another form (32-bit
 * machines) or make no sense; lmdb checks those itself.
 */
async function pagesInUse(file: FileHandle, stampAt: number): Promise<Pages | undefined> {
  if (!WIDE.has(process.arch)) return undefined;
  const first = await readRoot(file, stampAt);
  const bytesEach = first.pageBytes;
  if (bytesEach < 512 || bytesEach > 65_536) return undefined;
  const second = await readRoot(file, stampAt + bytesEach);
  const newest = second.isRoot && second.transaction > first.transaction ? second : first;
  const count = Number(newest.lastPage) + 1;
  return Number.isSafeInteger(count * bytesEach) ? { count, bytesEach } : undefined;
}

/** A root as lmdb.h's MDB_meta has it on a 64-bit little-endian machine, after the stamp and its version. */
async function readRoot(
  file: FileHandle,
  at: number,
): Promise<{ isRoot: boolean; pageBytes: number; lastPage: bigint; transaction: bigint }> {
  const root = Buffer.alloc(136);
  await file.read(root, 0, root.length, at);
  return {
    isRoot: root.indexOf(STAMP) === 0,
    pageBytes: root.readUInt32LE(24),
    lastPage: root.readBigUInt64LE(120),
    transaction: root.readBigUInt64LE(128),
  };
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
  return lostError(
    'ErrStore',
    `${path} is not an lmdb database, or is damaged, and was left unchanged. Restore an intact copy of it.`,
  );
}
