import { ToxAsyncError } from '../errors';

/** Sizes of NaCl's box and secretbox, bytes. */
export const KEY_BYTES = 32;
export const NONCE_BYTES = 24;
export const BOX_TAG_BYTES = 16;
/** SHA-256, bytes. */
export const HASH_BYTES = 32;

/** @throws ErrInvalidKey */
export function checkKeyLength(key: Uint8Array, what: string): void {
  if (key.length === KEY_BYTES) return;
  throw new ToxAsyncError('ErrInvalidKey', `${what} must have ${KEY_BYTES} bytes, not ${key.length}.`);
}

/** @throws ErrInvalidArgument */
export function checkNonceLength(nonce: Uint8Array): void {
  if (nonce.length === NONCE_BYTES) return;
  throw new ToxAsyncError(
    'ErrInvalidArgument',
    `A nonce must have ${NONCE_BYTES} bytes, not ${nonce.length}.`,
  );
}
