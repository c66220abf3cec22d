import { fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import type * as Lmdb from 'lmdb';
import { ToxAsyncError } from '../../errors';
import { loadersIn } from '../../platform/system/loaders';

/** Keys and values are raw bytes. */
export type LmdbDatabase = Lmdb.RootDatabase<Uint8Array, Uint8Array>;

/** What lmdb opens: its file, the lock file, and its file once more for what has to be synced. */
const FILES = 3;

/** Exit code of the process that reads a file, when lmdb says that it cannot. */
export const UNREADABLE = 64;
/** Signals by which a damaged page ends a process. */
const DAMAGED: ReadonlySet<NodeJS.Signals> = new Set(['SIGSEGV', 'SIGBUS', 'SIGABRT', 'SIGFPE', 'SIGILL']);

/** False where lmdb is not installed or has no binary for this machine. */
export function lmdbAvailable(): boolean {
  return loadLmdb() !== undefined;
}

/**
 * Opens the database in the file `path` (and `path`-lock beside it), making both with mode 0600. A commit
 * returns only after its pages and then its root are synced. Threads of one process share one mapping.
 * @throws ErrMissingLibrary, lmdb's own errors, and Node's when this process may open no more files
 */
export function openLmdbFile(path: string): LmdbDatabase {
  const lmdb = loadLmdb();
  if (!lmdb) {
    throw new ToxAsyncError(
      'ErrMissingLibrary',
      'lmdb has no binary for this machine. Use the engine "nedb".',
    );
  }
  assertFilesLeft();
  const options = {
    path,
    noSubdir: true,
    keyEncoding: 'binary' as const,
    encoding: 'binary' as const,
    overlappingSync: false,
    permissionsMode: 0o600,
  };
  return lmdb.open<Uint8Array, Uint8Array>(options);
}

/** lmdb ends the process (SIGSEGV) when it gets some of its files and then no more. */
function assertFilesLeft(): void {
  const opened: number[] = [];
  try {
    while (opened.length < FILES) opened.push(openSync(devNull, 'r'));
  } finally {
    for (const file of opened) closeSync(file);
  }
}

/** The file of the writing thread, compiled or as TypeScript. */
export function lmdbWorkerFile(): string {
  return require.resolve('./lmdb-worker');
}

/**
 * Whether another process can read every record of the file: lmdb ends the one that meets a damaged page.
 * @throws Error when that process ended for a reason of its own, such as memory that ran out: nothing is known then
 */
export function isReadableLmdbFile(path: string): Promise<boolean> {
  const execArgv = loadersIn(process.execArgv);
  const child = fork(require.resolve('./lmdb-probe'), [path], { stdio: 'ignore', execArgv });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      const verdict = verdictOf(code, signal);
      if (verdict !== undefined) resolve(verdict);
      else
        reject(
          new Error(`${path} could not be checked: the process that reads it ended with ${signal ?? code}`),
        );
    });
  });
}

/** undefined: it says nothing about the file. */
function verdictOf(code: number | null, signal: NodeJS.Signals | null): boolean | undefined {
  if (code === 0) return true;
  return code === UNREADABLE || (signal !== null && DAMAGED.has(signal)) ? false : undefined;
}

function loadLmdb(): typeof Lmdb | undefined {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an optional package: it may be missing
    return require('lmdb') as typeof Lmdb;
  } catch {
    return undefined;
  }
}
