import { ByteReader } from '../byte-reader';
import { checkContent, type Content } from './content';

/** docs/SPECIFICATION.md#plaintext-format: type 1 | length 2 | data. */

export const PLAINTEXT_HEADER_BYTES = 3;

/**
 * @param memory where it may go, longer than it by any number of bytes; new memory by default
 * @throws ErrMessageEmpty, ErrMessageTooLarge, ErrInvalidArgument, ErrMalformed; see checkContent
 */
export function encodePlaintext({ type, data }: Content, memory?: Uint8Array): Uint8Array {
  checkContent({ type, data });
  const length = PLAINTEXT_HEADER_BYTES + data.length;
  const plain = memory ? memory.subarray(0, length) : new Uint8Array(length);
  plain[0] = type;
  plain[1] = data.length >> 8;
  plain[2] = data.length;
  plain.set(data, PLAINTEXT_HEADER_BYTES);
  return plain;
}

/** Any type, any data of the named length, possibly none. @throws ErrMalformed */
export function decodePlaintext(bytes: Uint8Array): Content {
  const r = new ByteReader(bytes, 'message');
  const type = r.u8();
  const length = r.u16();
  if (length !== r.left) throw r.bad('its length is not the one it states');
  return { type, data: r.rest() };
}
