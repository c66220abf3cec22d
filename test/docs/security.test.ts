import assert from 'node:assert/strict';
import { readPage } from './support/pages';

const { text } = readPage('docs/SECURITY.md');

/** The text below a heading, up to the next one. */
function section(heading: string): string {
  const [, rest = assert.fail(`no section '${heading}'`)] = text.split(`\n## ${heading}\n`);
  return rest.split('\n## ')[0] ?? '';
}

/** The first and second cells of all rows, without the head. */
function rowsOf(table: string): [string, string][] {
  const rows = [...table.matchAll(/^\| (.+?) +\| (.+?) +\|$/gm)];
  return rows.slice(2).map(([, first = '', second = '']) => [first, second]);
}

/** That the files exist, the test of all pages looks for. */
describe('docs/SECURITY.md', () => {
  const [promises = '', limits = ''] = section('Which tests show it').split('\nSo is where');

  it('names tests for each promise, and for no other', () => {
    assert.deepEqual(
      rowsOf(promises).map(([against]) => against),
      rowsOf(section('What holds')).map(([against]) => against),
    );
    for (const [against, tests] of rowsOf(promises)) assert.match(tests, /`test\/[\w/.-]+`/, against);
  });

  it('names tests for limits that it has', () => {
    const known = [...section('What does not hold').matchAll(/^- \*\*(.+?)\*\*/gm)].map(([, name]) => name);
    const tried = rowsOf(limits).map(([limit]) => limit);
    assert.ok(tried.length > 10);
    assert.deepEqual(
      tried.filter((limit) => !known.includes(limit)),
      [],
    );
  });
});
