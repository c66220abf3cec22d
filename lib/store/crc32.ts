import zlib from 'node:zlib';

const TABLE = new Uint32Array(256).map((_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/**
 * CRC-32 as in ISO 3309 and zlib; finds accidents, not forgeries.
 * @param before the CRC of the bytes that come before these
 */
export const crc32: (bytes: Uint8Array, before?: number) => number =
  // Several times as fast, and missing in Node.js 22.0, and in early ones of 20.
  (zlib as Partial<typeof zlib>).crc32 ?? tableCrc32;

/** The same without zlib. */
export function tableCrc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}
