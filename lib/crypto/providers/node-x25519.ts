import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject } from 'node:crypto';
import { fromHex } from '../../bytes';
import type { PublicKey } from '../../types';
import { privateKeyOf } from '../pkcs8';
import { lowOrderError } from '../public-key';

/** A private key in JWK form must name a public half; older versions of Node.js read only the secret. */
const UNREAD_PUBLIC_HALF = Buffer.alloc(32).toString('base64url');
/** PKCS #8 of an X25519 key (RFC 8410), up to the secret. */
const PKCS8_START = fromHex('302e020100300506032b656e04220420') ?? new Uint8Array();

/** JWK costs Node 20 an eighth of DER; Node 24 compares the public half, and is fast with DER. */
const importSecret = readsPublicHalf() ? fromDer : fromJwk;

/**
 * X25519 (RFC 7748) by Node's OpenSSL. Keys are only imported: exporting a generated KeyObject can deadlock Node 20.
 * @throws ErrInvalidKey when the result is all zero
 */
export function x25519(secretKey: Uint8Array, publicKey: PublicKey): Uint8Array {
  const privateKey = importSecret(secretKey);
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

function readsPublicHalf(): boolean {
  try {
    fromJwk(new Uint8Array(32).fill(1));
    return false;
  } catch {
    return true;
  }
}

function fromJwk(secretKey: Uint8Array): KeyObject {
  return createPrivateKey({
    key: { kty: 'OKP', crv: 'X25519', d: base64url(secretKey), x: UNREAD_PUBLIC_HALF },
    format: 'jwk',
  });
}

function fromDer(secretKey: Uint8Array): KeyObject {
  return privateKeyOf(PKCS8_START, secretKey);
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url');
}
