/**
 * Errors are made in English, in the core, which knows no languages. Their sentences are texts of the English catalog,
 * which has each with blanks for names and numbers: the text that an error was made from is found by its words.
 */
import type { ErrorCode } from '../../../lib/index';
import catalog from '../../locales/en-US/storage-node.json';
import type { Said } from './said';

const TEXTS: Readonly<Record<string, string>> = catalog['storage-node'].failure.text;

const BLANK = /__(\w+?)__/g;

/** Blanks that a text may fill. What fills another one, a name or a path, is nobody's to translate: it may read as a text. */
const OF_TEXTS = new Set(['what', 'where', 'why', 'reason', 'fault', 'problem', 'who', 'without']);

interface Form {
  readonly key: string;
  readonly pattern: RegExp;
  /** Letters that are the same whatever fills the blanks: of two forms that fit, the one with more of them is meant. */
  readonly letters: number;
}

/** Characters of the longest sentence that is looked for: a path within a payload may be of any length. */
const LONGEST = 2_000;

let forms: readonly Form[] | undefined;

/** Made when the first error is told, not when Node-RED starts. */
function allForms(): readonly Form[] {
  forms ??= Object.entries(TEXTS)
    .map(([key, text]) => ({ key, pattern: patternOf(text), letters: text.replace(BLANK, '').length }))
    .sort((a, b) => b.letters - a.letters);
  return forms;
}

/** A name that comes again stands for the same. */
function patternOf(text: string): RegExp {
  const seen = new Set<string>();
  const parts = text.split(/(__\w+?__)/).map((part) => {
    const name = /^__(\w+?)__$/.exec(part)?.[1];
    if (name === undefined) return part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    if (seen.has(name)) return `\\k<${name}>`;
    seen.add(name);
    return `(?<${name}>.+?)`;
  });
  return new RegExp(`^${parts.join('')}$`, 's');
}

/**
 * The text that a sentence was made from. One that no catalog has is said by its code, and quoted; undefined where there
 * is no code either.
 */
export function takeApart(sentence: string, code?: ErrorCode): Said | undefined {
  for (const { key, pattern } of allForms()) {
    const found = sentence.length > LONGEST ? null : pattern.exec(sentence);
    if (found !== null) return { key: `text.${key}`, params: partsOf(found.groups ?? {}) };
  }
  return code && { key: `other.${code}`, params: { text: sentence } };
}

function partsOf(groups: Readonly<Record<string, string>>): Said['params'] {
  const parts = Object.entries(groups).map(([name, part]) => [
    name,
    (OF_TEXTS.has(name) ? takeApart(part) : undefined) ?? part,
  ]);
  return Object.fromEntries(parts) as Said['params'];
}
