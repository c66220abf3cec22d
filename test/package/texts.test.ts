import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { MANIFEST, ROOT } from '../../scripts/support/project';

const NODES = path.join(ROOT, 'nodes');
const LOCALES = path.join(NODES, 'locales');
const TYPES = Object.keys(MANIFEST['node-red'].nodes);

/** Every text of a catalog by its full key, such as `send-async.label.friend`. */
function flatten(catalog: object, prefix = ''): Map<string, string> {
  const entries = Object.entries(catalog).flatMap(([key, value]): [string, string][] =>
    typeof value === 'object' && value !== null
      ? [...flatten(value as object, `${prefix}${key}.`)]
      : [[prefix + key, String(value)]],
  );
  return new Map(entries);
}

function catalog(language: string, type: string): Map<string, string> {
  const file = path.join(LOCALES, language, `${type}.json`);
  return flatten(JSON.parse(readFileSync(file, 'utf8')) as object);
}

const DIALOGS = readdirSync(path.join(ROOT, 'nodes/editor/dialogs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(path.join(ROOT, 'nodes/editor/dialogs', name), 'utf8'));

/** The keys that the dialogs ask for: data-i18n attributes, and texts in their code that begin with the node's type. */
function keysOf(type: string): string[] {
  const html = readFileSync(path.join(NODES, `${type}.html`), 'utf8');
  const attributes = [...html.matchAll(/data-i18n="([^"]+)"/g)].flatMap(([, value = '']) => value.split(';'));
  const key = new RegExp(`['":\`](${type}\\.[\\w.]*\\w)(?=['"\`])`, 'g');
  const calls = DIALOGS.flatMap((code) => [...code.matchAll(key)].map(([, found = '']) => found));
  return [...attributes.map((each) => each.replace(/^\[\w+\]/, '')), ...calls].filter(
    (each) => !each.includes(':'),
  );
}

/** What a line of the help sidebar holds at its first width: the editor does not wrap code, it scrolls sideways. */
const SIDEBAR = 34;

const placeholders = (text: string) => (text.match(/__\w+__|\{\{\w+\}\}/g) ?? []).sort();

describe('The texts of the nodes', () => {
  for (const type of TYPES) {
    it(`${type}: the dialog asks for no text that is missing`, () => {
      const known = [...catalog('en-US', type).keys()];
      const asked = keysOf(type);
      assert.ok(asked.length > 5);
      assert.deepEqual(
        asked.filter((key) => !known.some((each) => each === key || each.startsWith(`${key}.`))),
        [],
      );
    });

    for (const language of readdirSync(LOCALES)) {
      it(`${type}: the help in ${language} has no code that is wider than the sidebar`, () => {
        const help = readFileSync(path.join(LOCALES, language, `${type}.html`), 'utf8');
        const codes = [...help.matchAll(/<code>([^<]*)<\/code>/g)].map(([, code = '']) => code);
        assert.ok(codes.length > 0);
        assert.deepEqual(
          codes.filter((code) => code.length > SIDEBAR),
          [],
        );
      });
    }

    for (const language of readdirSync(LOCALES).filter((name) => name !== 'en-US')) {
      it(`${type}: ${language} has the same texts as English, with the same blanks to fill`, () => {
        const english = catalog('en-US', type);
        const other = catalog(language, type);
        assert.deepEqual([...other.keys()].sort(), [...english.keys()].sort());
        for (const [key, text] of english) {
          assert.deepEqual(placeholders(other.get(key) ?? ''), placeholders(text), key);
        }
      });
    }
  }
});
