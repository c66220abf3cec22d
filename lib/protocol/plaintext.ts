import { MAX_MESSAGE_SIZE } from '../constants';
import { ToxAsyncError } from '../errors';
import { ByteReader } from './byte-reader';
import { ByteWriter } from './byte-writer';

/** SPEC.md, "Plaintext Format": type 1 | length 2 | data. */

export const PLAINTEXT_HEADER_BYTES = 3;

export interface Plaintext {
  readonly type: number;
  readonly data: Uint8Array;
}

/** @throws ErrMessageEmpty, ErrMessageTooLarge over MAX_MESSAGE_SIZE bytes, ErrInvalidArgument a type over 255 */
export function encodePlaintext({ type, data }: Plaintext): Uint8Array {
  if (data.length === 0) throw new ToxAsyncError('ErrMessageEmpty', 'The message is empty; give it a text.');
  if (data.length > MAX_MESSAGE_SIZE) {
    throw new ToxAsyncError(
      'ErrMessageTooLarge',
      `The message has ${data.length} bytes; shorten it to ${MAX_MESSAGE_SIZE} or split it.`,
    );
  }
  return new ByteWriter('message').u8(type).u16(data.length).bytes(data).done();
}

/** Any type, any data of the named length, possibly none. @throws ErrMalformed */
export function decodePlaintext(bytes: Uint8Array): Plaintext {
  const r = new ByteReader(bytes, 'message');
  const type = r.u8();
  const length = r.u16();
  if (length !== r.left) throw r.bad('its length is not the one it names');
  return { type, data: r.rest() };
}
