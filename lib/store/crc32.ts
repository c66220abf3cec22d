import zlib from 'node:zlib';

/**
 * CRC-32 as in ISO 3309 and zlib; finds accidents, not forgeries.
 * @param before the CRC of the bytes that come before these
 */
export const crc32: (bytes: Uint8Array, before?: number) => number = zlib.crc32;
