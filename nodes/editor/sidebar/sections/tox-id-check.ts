/** The check of a Tox ID while it is typed: 32 bytes of key, 4 of nospam, 2 of checksum (the XOR of all pairs is 0). */

const DIGITS = 76;

/** What is wrong with it, as a word of the catalog (`check.<word>`), and what that word needs. */
export interface Verdict {
  readonly word: 'blank' | 'ok' | 'notHex' | 'length' | 'key' | 'checksum';
  readonly digits: number;
}

export function checkToxId(pasted: string): Verdict {
  const digits = pasted.replace(/^\s*tox:/i, '').replace(/[\s\u00ad\u200b-\u200f\u2060\ufeff]/g, '');
  const verdict = (word: Verdict['word']): Verdict => ({ word, digits: digits.length });
  if (digits === '') return verdict('blank');
  if (!/^[0-9a-f]*$/i.test(digits)) return verdict('notHex');
  if (digits.length === 64) return verdict('key');
  if (digits.length !== DIGITS) return verdict('length');
  const sums = [0, 0];
  for (let i = 0; i < DIGITS; i += 2) {
    const byte = parseInt(digits.slice(i, i + 2), 16);
    sums[(i / 2) % 2] = (sums[(i / 2) % 2] ?? 0) ^ byte;
  }
  return verdict(sums.every((sum) => sum === 0) ? 'ok' : 'checksum');
}
