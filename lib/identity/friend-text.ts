/** What people enter where a friend is asked for: a name, or a key or Tox ID. */
import { fromHex, utf8 } from '../bytes';
import { KEY_BYTES } from '../crypto/lengths';
import { checkPublicKey } from '../crypto/public-key';
import { ToxAsyncError } from '../errors';
import type { PublicKey } from '../types';
import { MAX_NAME_BYTES } from './profile-friend';
import { parseToxId, TOX_ID_DIGITS } from './tox-id';

const KEY_DIGITS = 2 * KEY_BYTES;
/** From this many hexadecimal digits on, a text is meant as a key or ID that lost or gained some. */
const SHORTEST_DAMAGED = 48;
const LONGEST_DAMAGED = 96;

/** True for hexadecimal digits in about the number of a public key or Tox ID. */
function looksLikeKeyText(text: string): boolean {
  return /^[0-9a-fA-F]+$/.test(text) && text.length >= SHORTEST_DAMAGED && text.length <= LONGEST_DAMAGED;
}

/**
 * The name without spaces around it: 1..128 bytes of UTF-8 that don't read as a key or Tox ID.
 * @throws ErrInvalidArgument
 */
export function checkFriendName(name: string): string {
  const trimmed = name.trim();
  const bytes = utf8(trimmed).length;
  if (bytes === 0 || bytes > MAX_NAME_BYTES) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      `A name has 1 to ${MAX_NAME_BYTES} bytes of UTF-8, this one has ${bytes}; choose another.`,
    );
  }
  if (looksLikeKeyText(trimmed)) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      'This name reads as a public key or Tox ID; choose one that does not.',
    );
  }
  return trimmed;
}

/**
 * The key in a public key of 64 digits or a Tox ID of 76; undefined when the text looks like neither.
 * @throws ErrInvalidKey, ErrInvalidToxId
 */
export function readFriendKey(text: string): PublicKey | undefined {
  if (!looksLikeKeyText(text)) return undefined;
  const key = text.length === KEY_DIGITS ? fromHex(text) : keyOfLonger(text);
  if (!key) return undefined;
  checkPublicKey(key, 'The key of the friend');
  return key;
}

function keyOfLonger(text: string): PublicKey {
  // Nearer to a key's length than to an ID's?
  if (text.length < (KEY_DIGITS + TOX_ID_DIGITS) / 2) {
    throw new ToxAsyncError(
      'ErrInvalidKey',
      `A public key has ${KEY_DIGITS} digits (a Tox ID ${TOX_ID_DIGITS}), this one has ${text.length}; copy all of it.`,
    );
  }
  return parseToxId(text).publicKey;
}
