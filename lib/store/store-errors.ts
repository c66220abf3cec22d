import { type ErrorCode, ToxAsyncError } from '../errors';
import type { Disk } from '../platform/disk';

const MIB = 1024 * 1024;
const SMALL_VOLUME = 512 * MIB;

/** Free bytes below which a volume of this size counts as full: 16 MiB, or 1 MiB below 512 MiB. */
export function lowSpaceLimit(volumeBytes: number): number {
  return volumeBytes < SMALL_VOLUME ? MIB : 16 * MIB;
}

/** A file operation's error as ErrLocalStorageFull or ErrStore. */
export function storeError(cause: unknown): ToxAsyncError {
  if (cause instanceof ToxAsyncError) return cause;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT' ? fullError(cause) : failedError(cause);
}

/**
 * The same for an engine that reports a full disk as an input/output error: what is free decides.
 * @param needed bytes that the failed write would have taken
 */
export async function storeErrorByFreeSpace(
  cause: unknown,
  disk: Pick<Disk, 'freeBytes' | 'volumeBytes'>,
  path: string,
  needed: number,
): Promise<ToxAsyncError> {
  if (cause instanceof ToxAsyncError) return cause;
  try {
    const limit = lowSpaceLimit(await disk.volumeBytes(path)) + needed;
    if ((await disk.freeBytes(path)) < limit) return fullError(cause);
  } catch (measuring) {
    return failedError(
      new AggregateError([cause, measuring], 'The free space could not be measured either.'),
    );
  }
  return storeError(cause);
}

/** Errors that say that a part of the data directory is gone, spoiled or another's. */
const lost = new WeakSet<object>();

/** An error after which only an explicit choice starts that part new (store/directory/ownership/start-new.ts). */
export function lostError(code: ErrorCode, message: string, cause?: unknown): ToxAsyncError {
  const error = new ToxAsyncError(code, message, { cause });
  lost.add(error);
  return error;
}

export function isLost(error: unknown): error is ToxAsyncError {
  return error instanceof ToxAsyncError && lost.has(error);
}

export function fullError(cause: unknown): ToxAsyncError {
  return new ToxAsyncError(
    'ErrLocalStorageFull',
    'The disk that holds the data directory is full. Free some space, then try again.',
    { cause },
  );
}

function failedError(cause: unknown): ToxAsyncError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ToxAsyncError(
    'ErrStore',
    `The store in the data directory failed (${reason}). Check the disk and the permissions of the directory.`,
    { cause },
  );
}
