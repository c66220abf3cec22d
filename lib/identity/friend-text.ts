/** A public key or Tox ID as people paste it: with a prefix, spaces, line breaks or characters nobody sees. */
import { fromHex } from '../bytes';
import { KEY_BYTES } from '../crypto/lengths';
import { checkPublicKey } from '../crypto/public-key';
import { ToxAsyncError } from '../errors';
import type { PublicKey } from '../types';
import { parseToxId, pastedDigits, TOX_ID_DIGITS } from './tox-id';

const KEY_DIGITS = 2 * KEY_BYTES;
/** From this many hexadecimal digits on, a text is meant as a key or ID that lost or gained some. */
const SHORTEST_DAMAGED = 48;
const LONGEST_DAMAGED = 96;

/** True for hexadecimal digits in about the number of a public key or Tox ID. */
export function looksLikeKeyText(text: string): boolean {
  const digits = pastedDigits(text);
  const { length } = digits;
  return /^[0-9a-fA-F]+$/.test(digits) && length >= SHORTEST_DAMAGED && length <= LONGEST_DAMAGED;
}

/**
 * The key in a public key of 64 digits or a Tox ID of 76; undefined when the text looks like neither.
 * @throws ErrInvalidKey, ErrInvalidToxId
 */
export function readFriendKey(text: string): PublicKey | undefined {
  if (!looksLikeKeyText(text)) return undefined;
  const digits = pastedDigits(text);
  const key = digits.length === KEY_DIGITS ? fromHex(digits) : keyOfLonger(digits);
  if (!key) return undefined;
  checkPublicKey(key, 'The key of the friend');
  return key;
}

function keyOfLonger(digits: string): PublicKey {
  // Nearer to a key's length than to an ID's?
  if (digits.length < (KEY_DIGITS + TOX_ID_DIGITS) / 2) {
    throw new ToxAsyncError(
      'ErrInvalidKey',
      `A public key has ${KEY_DIGITS} digits (a Tox ID ${TOX_ID_DIGITS}); this one has ${digits.length}. Copy all of it.`,
    );
  }
  return parseToxId(digits).publicKey;
}
