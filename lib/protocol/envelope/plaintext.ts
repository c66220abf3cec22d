import { MAX_MESSAGE_SIZE } from '../../constants';
import { ToxAsyncError } from '../../errors';
import { ByteReader } from '../byte-reader';

/** SPEC.md, "Plaintext Format": type 1 | length 2 | data. */

export const PLAINTEXT_HEADER_BYTES = 3;

export interface Plaintext {
  readonly type: number;
  readonly data: Uint8Array;
}

/**
 * @param memory where it may go, longer than it by any number of bytes; new memory by default
 * @throws ErrMessageEmpty, ErrMessageTooLarge over MAX_MESSAGE_SIZE bytes, ErrInvalidArgument a type over 255
 */
export function encodePlaintext({ type, data }: Plaintext, memory?: Uint8Array): Uint8Array {
  if (data.length === 0)
    throw new ToxAsyncError('ErrMessageEmpty', 'The message is empty. Give it some text.');
  if (data.length > MAX_MESSAGE_SIZE) {
    throw new ToxAsyncError(
      'ErrMessageTooLarge',
      `The message has ${data.length} bytes. Shorten it to ${MAX_MESSAGE_SIZE} bytes or split it.`,
    );
  }
  if (!Number.isInteger(type) || type < 0 || type > 0xff) {
    throw new ToxAsyncError('ErrInvalidArgument', `A message type must be between 0 and 255, not ${type}.`);
  }
  const length = PLAINTEXT_HEADER_BYTES + data.length;
  const plain = memory ? memory.subarray(0, length) : new Uint8Array(length);
  plain[0] = type;
  plain[1] = data.length >> 8;
  plain[2] = data.length;
  plain.set(data, PLAINTEXT_HEADER_BYTES);
  return plain;
}

/** Any type, any data of the named length, possibly none. @throws ErrMalformed */
export function decodePlaintext(bytes: Uint8Array): Plaintext {
  const r = new ByteReader(bytes, 'message');
  const type = r.u8();
  const length = r.u16();
  if (length !== r.left) throw r.bad('its length is not the one it states');
  return { type, data: r.rest() };
}
