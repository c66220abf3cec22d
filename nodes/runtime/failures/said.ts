/** This file imports nothing else: the editor loads it, too. */

/**
 * What an error says, taken apart so that it can be said in another language: a text of the catalog
 * (`storage-node.failure.<key>`) and what fills its blanks. What fills one may be such a text itself.
 */
export interface Said {
  readonly key: string;
  readonly params: Readonly<Record<string, string | Said>>;
}

/** @param textOf the text of a key, its blanks filled */
export function inFull(
  { key, params }: Said,
  textOf: (key: string, params: Readonly<Record<string, string>>) => string,
): string {
  const filled = Object.entries(params).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : inFull(value, textOf),
  ]);
  return textOf(key, Object.fromEntries(filled) as Record<string, string>);
}
