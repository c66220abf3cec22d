/** The keys of friends, as they are typed or pasted: a public key of 64 digits, or a Tox ID of 76 with a checksum. */

export const KEY_DIGITS = 64;
export const TOX_ID_DIGITS = 76;

/** The digits of a pasted key, without blanks and the `tox:` of a link. */
export function digitsOf(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Cf}]+/gu, '').replace(/^tox:(\/\/)?/i, '');
}

/** 'digits': it is too short or too long for a key; 'checksum': a digit is wrong; 'letter': one is no digit. */
export type KeyFault = 'digits' | 'letter' | 'checksum';

/** What is wrong with a key; undefined for a good one. */
export function keyFault(text: string): KeyFault | undefined {
  const digits = digitsOf(text);
  if (/[^0-9a-f]/i.test(digits)) return 'letter';
  if (digits.length === KEY_DIGITS) return undefined;
  if (digits.length !== TOX_ID_DIGITS) return 'digits';
  return isChecksumRight(digits) ? undefined : 'checksum';
}

/** The public key in a key or a Tox ID, in lower case, by which two entries are seen to be one. */
export function publicKeyIn(text: string): string {
  return digitsOf(text).slice(0, KEY_DIGITS).toLowerCase();
}

/** Whether a text is meant as a key: names are not as long, and have other letters. */
export function isMeantAsKey(text: string): boolean {
  return /^[0-9a-f]{40,}$/i.test(digitsOf(text));
}

/** The last two bytes of a Tox ID are the XOR of all pairs of bytes before them. */
function isChecksumRight(digits: string): boolean {
  const bytes = (digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  const sums = [0, 0];
  bytes.forEach((byte, index) => {
    sums[index % 2] = (sums[index % 2] ?? 0) ^ byte;
  });
  return sums.every((sum) => sum === 0);
}
