import type { Finding } from '../../lib/index';
import { failureWords } from './failures/failure-words';
import { translated, type Words } from './words';

/** A finding in the language of the runtime; the sidebar says it in that of the editor, from the same catalog. */
export function findingWords(
  words: Words,
  { code, params, text }: Pick<Finding, 'code' | 'params' | 'text'>,
): string {
  const { problem } = params;
  const said = typeof problem === 'string' ? { ...params, problem: failureWords(words, problem) } : params;
  return translated(words, 'sidebar', `sidebar.finding.${code}`, said, text);
}
