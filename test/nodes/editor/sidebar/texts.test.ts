import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../../../scripts/support/project';

const EDITOR = path.join(ROOT, 'nodes/editor/sidebar');
const LOCALES = path.join(ROOT, 'nodes/locales');

/** Every text of the catalog by its key below `sidebar.`. */
function catalog(language: string): Map<string, string> {
  const { sidebar } = JSON.parse(readFileSync(path.join(LOCALES, language, 'sidebar.json'), 'utf8')) as {
    sidebar: object;
  };
  return new Map(flatten(sidebar));
}

function flatten(part: object, prefix = ''): [string, string][] {
  return Object.entries(part).flatMap(([key, value]): [string, string][] =>
    typeof value === 'object' && value !== null
      ? flatten(value as object, `${prefix}${key}.`)
      : [[prefix + key, String(value)]],
  );
}

/** Keys that the code asks for; of one that is put together, the part before what is put in. */
function asked(): string[] {
  const files = readdirSync(EDITOR, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  assert.ok(files.length > 25);
  return files.flatMap((file) => {
    const source = readFileSync(path.join(EDITOR, file), 'utf8');
    const quoted = [...source.matchAll(/['"`]((?:[a-z]\w*\.)+[a-zA-Z$][\w${}.-]*)['"`]/g)].map(
      ([, key = '']) => key,
    );
    const plain = [...source.matchAll(/\btext\('(\w+)'/g)].map(([, key = '']) => key);
    return [...quoted, ...plain].filter((key) => !key.endsWith('.js') && !key.startsWith('sidebar.'));
  });
}

const placeholders = (text: string) => [...new Set(text.match(/__\w+__/g) ?? [])].sort();

describe('The texts of the sidebar', () => {
  const english = catalog('en-US');
  const keys = asked();

  it('are all there that the code asks for', () => {
    const has = (key: string) => {
      const [fixed = key] = key.split('${');
      return fixed === key ? english.has(key) : [...english.keys()].some((each) => each.startsWith(fixed));
    };
    assert.ok(keys.length > 100);
    assert.deepEqual(
      keys.filter((key) => !has(key)),
      [],
    );
  });

  it('are all asked for', () => {
    const uses = (key: string) =>
      keys.some((each) => {
        const [fixed = each] = each.split('${');
        return fixed === each ? key === each || key === `${each}_plural` : key.startsWith(fixed);
      });
    assert.deepEqual(
      [...english.keys()].filter((key) => !uses(key)),
      [],
    );
  });

  for (const language of readdirSync(LOCALES)) {
    it(`are the same in ${language}, with the same placeholders`, () => {
      const other = catalog(language);
      assert.deepEqual([...other.keys()].sort(), [...english.keys()].sort());
      for (const [key, text] of other) {
        assert.deepEqual(placeholders(text), placeholders(english.get(key) ?? ''), key);
        assert.ok(text.trim() !== '', key);
      }
    });

    it(`count one and many in ${language}`, () => {
      const known = catalog(language);
      for (const key of known.keys())
        if (key.endsWith('_plural')) assert.ok(known.has(key.replace('_plural', '')), key);
    });
  }
});
