import { createPrivateKey, type KeyObject } from 'node:crypto';
import { concat } from '../bytes';

/** A private key of Node's OpenSSL. @param start its PKCS #8 (RFC 5958) up to the secret */
export function privateKeyOf(start: Uint8Array, secret: Uint8Array): KeyObject {
  const pkcs8 = concat(start, secret);
  try {
    const key = Buffer.from(pkcs8.buffer, pkcs8.byteOffset, pkcs8.length);
    return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  } finally {
    pkcs8.fill(0);
  }
}
