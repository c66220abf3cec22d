import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { COMMANDS } from '../../bin/commands/index';
import { EXIT } from '../../bin/exit-codes';
import { OPTIONS } from '../../bin/options/option-table';
import { ROOT } from '../../scripts/support/project';
import { PAGES, readPage } from './support/pages';

const page = readPage('docs/COMMAND.md').text;

describe('docs/COMMAND.md', () => {
  it('has a row for every command', () => {
    for (const { name } of COMMANDS) assert.match(page, new RegExp(`^\\| .*\`${name}[ \`]`, 'm'), name);
  });

  it('lists the exit codes, no more and no fewer', () => {
    const listed = [...page.matchAll(/^\| (\d+) +\|/gm)].map(([, code]) => Number(code));
    assert.deepEqual(listed, Object.values(EXIT));
  });

  it('names the environment variables that the command reads and gives, and no page others', () => {
    const bin = path.join(ROOT, 'bin');
    const code = readdirSync(bin, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(path.join(bin, name), 'utf8'));
    const variablesIn = (texts: readonly string[]) =>
      [...new Set(texts.flatMap((text) => text.match(/\bTOX_ASYNC_[A-Z_]+\b/g) ?? []))].sort();
    const known = variablesIn(code);
    assert.ok(known.length > 10);
    assert.deepEqual(variablesIn([page]), known);
    const elsewhere = variablesIn(PAGES.map(({ text }) => text));
    assert.deepEqual(
      elsewhere.filter((name) => !known.includes(name)),
      [],
    );
  });

  it('names only options that there are', () => {
    const named = [...page.matchAll(/`?--([a-z][a-z-]+)/g)].map(([, name = '']) => name);
    // Of npm.
    const others = ['global'];
    assert.deepEqual(
      named.filter((name) => !(name in OPTIONS) && !others.includes(name)),
      [],
    );
  });
});
