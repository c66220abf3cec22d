import { type ErrorCode, ToxAsyncError } from '../errors';

/** For `assert.throws` and `assert.rejects`: an error of our family with this code. */
export function hasCode(code: ErrorCode): (error: unknown) => boolean {
  return (error) => ToxAsyncError.is(error, code);
}
