import { createPublicKey, sign, verify } from 'node:crypto';
import nacl from 'tweetnacl';
import { concat, fromHex } from '../bytes';
import { checkKeyLength } from './lengths';
import { privateKeyOf } from './pkcs8';

/** Ed25519 (RFC 8032), bytes. */
export const SIGNATURE_BYTES = 64;
/** PKCS #8 of a seed, and SubjectPublicKeyInfo of a public key (RFC 8410), up to the 32 bytes. */
const PKCS8_START = fromHex('302e020100300506032b657004220420') ?? new Uint8Array();
const SPKI_START = fromHex('302a300506032b6570032100') ?? new Uint8Array();

/** The public key of a 32-byte seed. @throws ErrInvalidKey */
export function signingKeyOf(seed: Uint8Array): Uint8Array {
  checkKeyLength(seed, 'The seed of a signing key');
  return nacl.sign.keyPair.fromSeed(seed).publicKey;
}

/** 64 bytes; the same for the same data. @throws ErrInvalidKey */
export function signWith(seed: Uint8Array, data: Uint8Array): Uint8Array {
  checkKeyLength(seed, 'The seed of a signing key');
  return new Uint8Array(sign(null, data, privateKeyOf(PKCS8_START, seed)));
}

/** False also for a key or a signature that is none. */
export function isSignedBy(publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== SIGNATURE_BYTES) return false;
  try {
    const spki = Buffer.from(concat(SPKI_START, publicKey));
    return verify(null, data, createPublicKey({ key: spki, format: 'der', type: 'spki' }), signature);
  } catch {
    return false;
  }
}
