import { createHmac, timingSafeEqual } from 'node:crypto';

/** What both providers take from Node itself. */

/** RFC 2104 with SHA-256 (FIPS 180-4), 32 bytes. */
export function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
  return new Uint8Array(createHmac('sha256', key).update(data).digest());
}

/** In a time that depends only on the lengths; false when they differ. */
export function constantTimeEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
