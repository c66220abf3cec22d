import type { Runtime } from './runtime';

const PACKAGE = 'node-red-contrib-tox-async';

/** What gives texts in the language of the runtime: `lang` in settings.js, else that of its environment. */
export type Words = Pick<Runtime, '_'>;

/**
 * A text in the language of the runtime.
 * @param catalog a file of nodes/locales/<language>, without its ending
 * @param key in it
 * @param english what is said when the catalog is not there, as when the node or the sidebar was switched off, or when
 *   the look into it fails: no text keeps a node from its work
 */
export function translated(
  words: Words,
  catalog: string,
  key: string,
  params: Readonly<Record<string, string | number>>,
  english: string,
): string {
  const asked = `${PACKAGE}/${catalog}:${key}`;
  let found: string;
  try {
    found = words._(asked, { ...params });
  } catch {
    return english;
  }
  return found === asked || found === key ? english : found;
}
