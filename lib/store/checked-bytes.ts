import { concat, readUint32, writeUint32 } from '../bytes';
import { crc32 } from './crc32';

export const CRC_BYTES = 4;

/** `body` and its CRC-32: so damage shows that an engine does not see (lmdb's pages carry no checksum). */
export function withCrc(...body: Uint8Array[]): Uint8Array {
  return setCrc(concat(...body, new Uint8Array(CRC_BYTES)));
}

/** The same bytes, with the CRC of all but the last four in those. */
export function setCrc(bytes: Uint8Array): Uint8Array {
  writeUint32(bytes, bytes.length - CRC_BYTES, crc32(bytes.subarray(0, -CRC_BYTES)));
  return bytes;
}

/** The body of such bytes, or undefined when they are damaged. */
export function withoutCrc(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length < CRC_BYTES) return undefined;
  const body = bytes.subarray(0, -CRC_BYTES);
  return readUint32(bytes, body.length) === crc32(body) ? body : undefined;
}
