import nacl from 'tweetnacl';

/** The one function that we use of tweetnacl's `lowlevel`, which its types leave out. */
interface LowLevel {
  /** out (32) = HSalsa20 of `input` (16) under `key` (32) and the constant `sigma` (16). */
  crypto_core_hsalsa20(out: Uint8Array, input: Uint8Array, key: Uint8Array, sigma: Uint8Array): void;
}

const { lowlevel } = nacl as typeof nacl & { readonly lowlevel: LowLevel };

const SIGMA = new TextEncoder().encode('expand 32-byte k');
const ZEROS = new Uint8Array(16);

/** The key that NaCl's box derives from a shared secret: HSalsa20 of a zero input, 32 bytes. */
export function boxKeyOf(sharedSecret: Uint8Array): Uint8Array {
  const key = new Uint8Array(32);
  lowlevel.crypto_core_hsalsa20(key, ZEROS, sharedSecret, SIGMA);
  return key;
}
