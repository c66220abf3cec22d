import nodeCrypto, { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** What both providers take from Node itself. */

/** FIPS 180-4, 32 bytes, into `target` if that is given. */
export function sha256(data: Uint8Array, target?: Uint8Array): Uint8Array {
  // Twice as fast for short data, and missing in early Node 20.
  const { hash } = nodeCrypto as Partial<typeof nodeCrypto>;
  const digest = hash ? hash('sha256', data, 'buffer') : createHash('sha256').update(data).digest();
  if (target === undefined) return new Uint8Array(digest.buffer, digest.byteOffset, digest.length);
  target.set(digest);
  return target;
}

/** RFC 2104 with SHA-256 (FIPS 180-4), 32 bytes. */
export function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
  return new Uint8Array(createHmac('sha256', key).update(data).digest());
}

/** In a time that depends only on the lengths; false when they differ. */
export function constantTimeEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
