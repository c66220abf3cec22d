import { ToxAsyncError } from '../../../lib/index';

/** ErrPayload: what is at `path` would not arrive as it was. */
export function noForm(path: string, what: string, cause?: unknown): ToxAsyncError {
  return new ToxAsyncError(
    'ErrPayload',
    `${path} is ${what}, which cannot be sent as it is. Send text, a number, true or false, null, a list or a plain object.`,
    { cause },
  );
}
