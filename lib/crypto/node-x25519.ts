import { createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';
import type { PublicKey } from '../types';
import { lowOrderError } from './public-key';

/** A private key in JWK form must name a public half; Node reads only the secret. */
const UNREAD_PUBLIC_HALF = Buffer.alloc(32).toString('base64url');

/**
 * X25519 (RFC 7748) by Node's OpenSSL, five times as fast as with keys in DER form. Keys are only imported:
 * exporting a generated KeyObject can deadlock Node 20.
 * @throws ErrInvalidKey when the result is all zero
 */
export function x25519(secretKey: Uint8Array, publicKey: PublicKey): Uint8Array {
  const privateKey = createPrivateKey({
    key: { kty: 'OKP', crv: 'X25519', d: base64url(secretKey), x: UNREAD_PUBLIC_HALF },
    format: 'jwk',
  });
  const peer = createPublicKey({
    key: { kty: 'OKP', crv: 'X25519', x: base64url(publicKey) },
    format: 'jwk',
  });
  try {
    const shared = diffieHellman({ privateKey, publicKey: peer });
    return new Uint8Array(shared.buffer, shared.byteOffset, shared.length);
  } catch {
    // OpenSSL's only failure here; its error is left out because nothing of a key may end up in one.
    throw lowOrderError();
  }
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url');
}
