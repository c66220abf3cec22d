import { fromHex } from '../bytes';
import { ToxAsyncError } from '../errors';

/** Bytes of a message id. */
const ID_BYTES = 32;

/** @throws ErrInvalidArgument it is no message id of 64 hexadecimal digits */
export function messageIdOf(digits: string): Uint8Array {
  const id = fromHex(digits);
  if (id?.length === ID_BYTES) return id;
  throw new ToxAsyncError('ErrInvalidArgument', 'A message id has 64 hexadecimal digits.');
}
