/**
 * The Tox ID that people exchange (Tox specification, "Tox ID"): public key 32, nospam 4, checksum 2, as 76
 * hexadecimal digits.
 */
import { concat, fromHex, sameBytes, toHex } from '../bytes';
import { KEY_BYTES } from '../crypto/lengths';
import { ToxAsyncError } from '../errors';
import type { PublicKey } from '../types';

export const NOSPAM_BYTES = 4;
const CHECKSUM_BYTES = 2;
/** Hexadecimal digits of a Tox ID: 76. */
export const TOX_ID_DIGITS = 2 * (KEY_BYTES + NOSPAM_BYTES + CHECKSUM_BYTES);

/** What a Tox ID holds. */
export interface ToxId {
  readonly publicKey: PublicKey;
  /** 4 bytes that a stranger must know to send a friend request. */
  readonly nospam: Uint8Array;
}

/** What people paste around and between the digits: spaces, line breaks, and characters nobody sees. */
const PASTED_ALONG = /[\s\p{Cc}\p{Cf}]+/gu;

/** The digits of a pasted key or Tox ID, without a `tox:` before them and without all that is not seen. */
export function pastedDigits(text: string): string {
  return text.replace(PASTED_ALONG, '').replace(/^tox:(\/\/)?/i, '');
}

/**
 * Takes an ID as people paste it: a `tox:` before it, spaces, line breaks and invisible characters anywhere, in upper
 * or lower case. Whether the key is usable is not checked.
 * @throws ErrInvalidToxId
 */
export function parseToxId(text: string): ToxId {
  const digits = pastedDigits(text);
  if (digits.length !== TOX_ID_DIGITS) {
    throw invalid(`has ${digits.length} characters instead of ${TOX_ID_DIGITS}; copy all of it`);
  }
  const bytes = fromHex(digits);
  if (!bytes) throw invalid('has a character other than 0-9 and A-F; copy it again');
  const end = KEY_BYTES + NOSPAM_BYTES;
  if (!sameBytes(checksum(bytes.subarray(0, end)), bytes.subarray(end))) {
    throw invalid(
      'does not match its checksum: at least one digit is wrong. Copy it again rather than typing it',
    );
  }
  return { publicKey: bytes.slice(0, KEY_BYTES), nospam: bytes.slice(KEY_BYTES, end) };
}

/**
 * In upper case, as Tox clients show it.
 * @param nospam 4 bytes
 * @throws ErrInvalidArgument
 */
export function formatToxId(publicKey: PublicKey, nospam: Uint8Array): string {
  if (publicKey.length !== KEY_BYTES || nospam.length !== NOSPAM_BYTES) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      `A Tox ID is made from a key of ${KEY_BYTES} bytes and a nospam of ${NOSPAM_BYTES} bytes.`,
    );
  }
  const body = concat(publicKey, nospam);
  return toHex(concat(body, checksum(body))).toUpperCase();
}

/** Even and odd bytes XORed apart. */
function checksum(body: Uint8Array): Uint8Array {
  const sum = new Uint8Array(CHECKSUM_BYTES);
  body.forEach((byte, i) => {
    sum[i % CHECKSUM_BYTES] = (sum[i % CHECKSUM_BYTES] ?? 0) ^ byte;
  });
  return sum;
}

function invalid(reason: string): ToxAsyncError {
  return new ToxAsyncError('ErrInvalidToxId', `This Tox ID ${reason}.`);
}
