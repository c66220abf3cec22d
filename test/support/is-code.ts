import { ToxAsyncError, type ErrorCode } from '../../lib/errors';

/** For `assert.rejects` and `assert.throws`: that the error is one of ours, with this code. */
export const isCode =
  (code: ErrorCode) =>
  (error: unknown): boolean =>
    ToxAsyncError.is(error, code);
