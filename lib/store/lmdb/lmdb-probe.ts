/**
 * A process that reads every record of the lmdb file given to it and ends with 0; with UNREADABLE or by a signal where
 * a page is damaged. See isReadableLmdbFile. It ends with its parent: the file belongs to whoever holds the directory.
 */
import { setImmediate } from 'node:timers/promises';
import { ToxAsyncError } from '../../errors';
import { openLmdbFile, UNREADABLE } from './lmdb-loader';

/** So long it reads before it looks whether its parent is there, milliseconds. */
const SLICE_MS = 50;

// Signals meant for the whole group are the parent's to act upon.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit(1));
void probe();

async function probe(): Promise<void> {
  // It may have been started by a process that is gone by now.
  await setImmediate();
  try {
    await readAll();
    process.exit(0);
  } catch (error) {
    // No lmdb here, and Node's own errors (no files left, no rights), say nothing about the file.
    const isAboutFile = !ToxAsyncError.is(error, 'ErrMissingLibrary') && !isErrno(error);
    process.exit(isAboutFile ? UNREADABLE : 1);
  }
}

async function readAll(): Promise<void> {
  const rows = openLmdbFile(process.argv[2] ?? '')
    .getRange({ start: Uint8Array.of(0) })
    [Symbol.iterator]();
  let until = performance.now() + SLICE_MS;
  while (rows.next().done !== true) {
    if (performance.now() < until) continue;
    await setImmediate();
    until = performance.now() + SLICE_MS;
  }
}

function isErrno(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
