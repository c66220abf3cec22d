import type { Finding } from '../../lib/index';
import { translated, type Words } from './words';

/** A finding in the language of the runtime; the sidebar says it in that of the editor, from the same catalog. */
export function findingWords(
  words: Words,
  { code, params, text }: Pick<Finding, 'code' | 'params' | 'text'>,
): string {
  return translated(words, 'sidebar', `sidebar.finding.${code}`, params, text);
}
