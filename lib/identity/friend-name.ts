/**
 * Names of friends. People type them and other clients send them, so they may hold anything: a name is kept in
 * Unicode's normal form C without control characters, and compared without invisible ones as well.
 */
import { utf8 } from '../bytes';
import { ToxAsyncError } from '../errors';
import { looksLikeKeyText } from './friend-text';
import { MAX_NAME_BYTES } from './profile-friend';

/** Characters that show nothing, or turn around the text behind them. */
const CONTROLS = /[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu;
const INVISIBLE_AT_ENDS = /^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu;
const INVISIBLE = /[\p{Cc}\p{Cf}]/gu;

/**
 * A name that the user gives, as it is kept: 1..128 bytes of UTF-8 that don't read as a key or Tox ID.
 * @throws ErrInvalidArgument, ErrMalformed (half of a surrogate pair)
 */
export function checkFriendName(name: string): string {
  const kept = normalised(name);
  const bytes = utf8(kept).length;
  if (bytes === 0 || bytes > MAX_NAME_BYTES) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      `A name must have 1 to ${MAX_NAME_BYTES} bytes of UTF-8; this one has ${bytes}. Choose another.`,
    );
  }
  if (looksLikeKeyText(kept)) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      'This name looks like a public key or Tox ID. Choose another.',
    );
  }
  return kept;
}

/** A name that somebody else chose (a profile, a network) as it is kept; undefined when there is no such form. */
export function usableName(name: string): string | undefined {
  try {
    return checkFriendName(name);
  } catch (error) {
    if (ToxAsyncError.is(error, 'ErrInvalidArgument', 'ErrMalformed')) return undefined;
    throw error;
  }
}

/** Two names are one when people cannot tell them apart by their characters' forms. */
export function sameName(a: string, b: string): boolean {
  return comparable(a) === comparable(b);
}

function normalised(name: string): string {
  return name.replace(CONTROLS, ' ').replace(INVISIBLE_AT_ENDS, '').normalize('NFC');
}

function comparable(name: string): string {
  return normalised(name).replace(INVISIBLE, '');
}
