import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ERROR_CODES } from '../../lib/errors';
import { ROOT } from '../../scripts/support/project';
import { PAGES, readPage } from './support/pages';

const HEADING = '## Queue reasons, outcomes and errors\n';

/** The codes of errors that a text names. */
function codesIn(text: string): Set<string> {
  return new Set([...text.matchAll(/`(Err\w+)`/g)].map(([, code = '']) => code));
}

describe('The errors in docs/PROTOCOL.md', () => {
  const [, rest = ''] = readPage('docs/PROTOCOL.md').text.split(HEADING);
  const [section = ''] = rest.split('\n## ');
  const documented = codesIn(section);

  it('are all that the library knows', () => {
    assert.deepEqual(
      Object.keys(ERROR_CODES).filter((code) => !documented.has(code)),
      [],
    );
  });
});

describe('The errors in all pages, helps and catalogs', () => {
  it('exist', () => {
    const known = new Set<string>(Object.keys(ERROR_CODES));
    const locales = path.join(ROOT, 'nodes/locales');
    const texts = readdirSync(locales, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(html|json)$/.test(name))
      .map((name) => ({ path: name, text: readFileSync(path.join(locales, name), 'utf8') }));
    assert.ok(texts.length > 10);
    const named = [...PAGES, ...texts].flatMap(({ path: file, text }) =>
      [...text.matchAll(/\b(Err[A-Z]\w+)/g)].map(([, code = '']) => ({ file, code })),
    );
    assert.ok(named.length > 100);
    assert.deepEqual(
      named.filter(({ code }) => !known.has(code)),
      [],
    );
  });
});

describe('The log lines in docs/POSTGRESQL.md', () => {
  it('are parts of what the code says', () => {
    const folder = path.join(ROOT, 'lib/storage/postgres');
    const said = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(path.join(folder, name), 'utf8').replace(/['"`] \+\s+['"`]/g, ''))
      .join('\n');
    const [, table = ''] = readPage('docs/POSTGRESQL.md').text.split('| The log says');
    const cells = [...table.matchAll(/^\| ([a-z].+?) +\|/gm)].flatMap(([, cell = '']) => cell.split(', '));
    assert.ok(cells.length > 10);
    assert.deepEqual(
      cells.filter((cell) => !said.includes(cell)),
      [],
    );
  });
});
