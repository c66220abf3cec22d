/**
 * Errors are made in English, in the core, which knows no languages. Their sentences are texts of the English catalog,
 * which has each with blanks for names and numbers: the text that an error was made from is found by its words.
 */
import type { ErrorCode } from '../../../lib/index';
import catalog from '../../locales/en-US/storage-node.json';
import type { Said } from './said';

const TEXTS: Readonly<Record<string, string>> = catalog['storage-node'].failure.text;

const BLANK = /__(\w+?)__/;

/** Blanks that a text may fill. What fills another one, a name or a path, is nobody's to translate: it may read as a text. */
const OF_TEXTS = new Set(['what', 'where', 'why', 'reason', 'fault', 'problem', 'who', 'without']);

interface Form {
  readonly key: string;
  /** Words, a blank's name, words, and so on: it begins and ends with words, which may be none. */
  readonly pieces: readonly string[];
  /** Letters that are the same whatever fills the blanks: of two forms that fit, the one with more of them is meant. */
  readonly letters: number;
}

/** Characters of the longest sentence that is looked for: a path within a payload may be of any length. */
const LONGEST = 2_000;

let forms: readonly Form[] | undefined;

/** Made when the first error is told, not when Node-RED starts. */
function allForms(): readonly Form[] {
  forms ??= Object.entries(TEXTS)
    .map(([key, text]) => ({ key, pieces: text.split(BLANK) }))
    .map(({ key, pieces }) => ({ key, pieces, letters: wordsIn(pieces).join('').length }))
    .sort((a, b) => b.letters - a.letters);
  return forms;
}

const wordsIn = (pieces: readonly string[]) => pieces.filter((_piece, at) => at % 2 === 0);

/**
 * What fills the blanks; undefined where the sentence is not of this form. It goes through the sentence once, whatever is
 * in it: each blank ends at the first place where the words behind it stand, and the last one at the end. If any blanks
 * fit, these do. (A pattern with several `.+?` would try them all: minutes, for a name that is made for it.) A name that
 * comes again stands for the same.
 */
function fillOf(
  [first = '', ...pieces]: readonly string[],
  sentence: string,
): Map<string, string> | undefined {
  const filled = new Map<string, string>();
  if (!sentence.startsWith(first)) return undefined;
  let from = first.length;
  for (let at = 0; at < pieces.length; at += 2) {
    const [name = '', words = ''] = pieces.slice(at, at + 2);
    const known = filled.get(name);
    const isLast = at + 2 === pieces.length;
    let to = isLast ? sentence.length - words.length : sentence.indexOf(words, from + 1);
    if (known !== undefined) to = from + known.length;
    if (to <= from || !sentence.startsWith(words, to)) return undefined;
    const part = sentence.slice(from, to);
    if (known !== undefined && part !== known) return undefined;
    filled.set(name, part);
    from = to + words.length;
  }
  return from === sentence.length ? filled : undefined;
}

/**
 * The text that a sentence was made from. One that no catalog has is said by its code, and quoted; undefined where there
 * is no code either.
 */
export function takeApart(sentence: string, code?: ErrorCode): Said | undefined {
  for (const { key, pieces } of sentence.length > LONGEST ? [] : allForms()) {
    const filled = fillOf(pieces, sentence);
    if (filled !== undefined) return { key: `text.${key}`, params: partsOf(filled) };
  }
  return code && { key: `other.${code}`, params: { text: sentence } };
}

function partsOf(filled: ReadonlyMap<string, string>): Said['params'] {
  const parts = [...filled].map(([name, part]) => [
    name,
    (OF_TEXTS.has(name) ? takeApart(part) : undefined) ?? part,
  ]);
  return Object.fromEntries(parts) as Said['params'];
}
