import { fromHex, sameBytes } from '../bytes';
import { ToxAsyncError } from '../errors';
import type { PublicKey } from '../types';
import { KEY_BYTES } from './lengths';

/**
 * Which Curve25519 public keys are used at all (docs/PROTOCOL.md, "Acceptable public keys"). A low-order point
 * makes the shared secret a constant that anybody knows, and a second encoding of one point would let one key
 * pass for two.
 */

/** The points of low order below the prime, as they travel (little-endian). */
const LOW_ORDER = [
  hex('0000000000000000000000000000000000000000000000000000000000000000'),
  hex('0100000000000000000000000000000000000000000000000000000000000000'),
  hex('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'),
  hex('5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157'),
  hex('ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'),
];

/** 32 bytes, bit 255 clear, below 2^255 - 19, not of low order. */
export function isAcceptablePublicKey(publicKey: PublicKey): boolean {
  if (publicKey.length !== KEY_BYTES) return false;
  return isBelowFieldPrime(publicKey) && !isOfLowOrder(publicKey);
}

/**
 * @param what begins the error's sentence, such as "The recipient"
 * @param own keys of ours, which nobody else can have
 * @throws ErrInvalidKey
 */
export function checkPublicKey(publicKey: PublicKey, what: string, ...own: PublicKey[]): void {
  if (!(publicKey instanceof Uint8Array) || !isAcceptablePublicKey(publicKey)) {
    const hint = `a public key is ${KEY_BYTES} bytes, the first 64 digits of a Tox ID`;
    throw new ToxAsyncError('ErrInvalidKey', `${what} is not a usable public key. Check it: ${hint}.`);
  }
  if (own.some((key) => sameBytes(key, publicKey))) {
    throw new ToxAsyncError('ErrInvalidKey', `${what} is our own key. Use the key of the other side.`);
  }
}

/** What a provider throws instead of a shared secret that anybody would know. */
export function lowOrderError(): ToxAsyncError {
  return new ToxAsyncError(
    'ErrInvalidKey',
    'The public key is of low order. Get the right key from its owner.',
  );
}

/** `shared` itself. @throws ErrInvalidKey when it is all zero, whatever the library thought of that */
export function checkSharedSecret(shared: Uint8Array): Uint8Array {
  if (shared.every((byte) => byte === 0)) throw lowOrderError();
  return shared;
}

function isOfLowOrder(key: Uint8Array): boolean {
  // The last byte tells apart all but one key in a hundred, for a fraction of the time.
  const last = key[KEY_BYTES - 1];
  return LOW_ORDER.some((point) => point[KEY_BYTES - 1] === last && sameBytes(point, key));
}

/** Below 2^255 - 19 = 7fff...ffed, little-endian; so bit 255 is clear. */
function isBelowFieldPrime(key: Uint8Array): boolean {
  const lowest = key[0] ?? 0;
  const highest = key[KEY_BYTES - 1] ?? 0;
  if (highest !== 0x7f) return highest < 0x7f;
  return lowest < 0xed || key.subarray(1, KEY_BYTES - 1).some((byte) => byte !== 0xff);
}

function hex(digits: string): Uint8Array {
  return fromHex(digits) ?? new Uint8Array();
}
