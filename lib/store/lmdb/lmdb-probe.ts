/**
 * A process that reads every record of the lmdb file given to it and ends with 0; with UNREADABLE or by a signal where
 * a page is damaged. See isReadableLmdbFile.
 */
import { ToxAsyncError } from '../../errors';
import { openLmdbFile, UNREADABLE } from './lmdb-loader';

try {
  const rows = openLmdbFile(process.argv[2] ?? '')
    .getRange({ start: Uint8Array.of(0) })
    [Symbol.iterator]();
  while (rows.next().done !== true);
  process.exit(0);
} catch (error) {
  // No lmdb here, and Node's own errors (no files left, no rights), say nothing about the file.
  const isAboutFile = !ToxAsyncError.is(error, 'ErrMissingLibrary') && !isErrno(error);
  process.exit(isAboutFile ? UNREADABLE : 1);
}

function isErrno(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
