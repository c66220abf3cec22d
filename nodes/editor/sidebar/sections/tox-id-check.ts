/** The check of the Tox ID that a friend request needs, while it is typed: a public key alone does not do. */
import { digitsOf, KEY_DIGITS, keyFault } from '../../dialogs/checks/friend-key.js';

/** What is wrong with it, as a word of the catalog (`check.<word>`), and what that word needs. */
export interface Verdict {
  readonly word: 'blank' | 'ok' | 'notHex' | 'length' | 'key' | 'checksum';
  readonly digits: number;
}

const WORDS = { letter: 'notHex', digits: 'length', checksum: 'checksum' } as const;

export function checkToxId(pasted: string): Verdict {
  const digits = digitsOf(pasted).length;
  const fault = keyFault(pasted);
  if (digits === 0) return { word: 'blank', digits };
  if (fault !== undefined) return { word: WORDS[fault], digits };
  return { word: digits === KEY_DIGITS ? 'key' : 'ok', digits };
}
