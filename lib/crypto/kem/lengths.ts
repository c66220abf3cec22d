import { ToxAsyncError } from '../../errors';

/** Sizes of ML-KEM-768 (FIPS 203, tables 2 and 3), bytes. */
export const KEM_KEY_BYTES = 1184;
export const KEM_CIPHERTEXT_BYTES = 1088;
/** A decapsulation key in its seed form, d || z (FIPS 203, section 7.1): the form that is kept and wiped. */
export const DECAPSULATION_KEY_BYTES = 64;
/** The randomness m of one encapsulation. */
export const KEM_ENTROPY_BYTES = 32;

/** @throws ErrInvalidKey */
export function checkDecapsulationKey(key: Uint8Array): void {
  if (key.length === DECAPSULATION_KEY_BYTES) return;
  throw new ToxAsyncError(
    'ErrInvalidKey',
    `A decapsulation key must have ${DECAPSULATION_KEY_BYTES} bytes, not ${key.length}.`,
  );
}

/** @throws ErrInvalidKey */
export function checkKemKeyLength(key: Uint8Array): void {
  if (key.length !== KEM_KEY_BYTES) throw kemKeyError();
}

/** What a provider throws for a public key that FIPS 203's input checks refuse (section 7.2). */
export function kemKeyError(): ToxAsyncError {
  return new ToxAsyncError(
    'ErrInvalidKey',
    `The KEM key is not one of ML-KEM-768. A good one has ${KEM_KEY_BYTES} bytes and coefficients below 3,329.`,
  );
}

/** @throws ErrInvalidArgument */
export function checkKemCiphertext(ciphertext: Uint8Array): void {
  checkLength(ciphertext, KEM_CIPHERTEXT_BYTES, 'A KEM ciphertext');
}

/** @throws ErrInvalidArgument */
export function checkKemEntropy(entropy: Uint8Array): void {
  checkLength(entropy, KEM_ENTROPY_BYTES, 'The randomness of an encapsulation');
}

function checkLength(value: Uint8Array, length: number, what: string): void {
  if (value.length === length) return;
  throw new ToxAsyncError('ErrInvalidArgument', `${what} must have ${length} bytes, not ${value.length}.`);
}
