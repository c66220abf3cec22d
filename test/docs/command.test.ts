import assert from 'node:assert/strict';
import { COMMANDS } from '../../bin/commands/index';
import { EXIT } from '../../bin/exit-codes';
import { OPTIONS } from '../../bin/options/option-table';
import { readPage } from './support/pages';

const page = readPage('docs/COMMAND.md').text;

describe('docs/COMMAND.md', () => {
  it('has a row for every command', () => {
    for (const { name } of COMMANDS) assert.match(page, new RegExp(`^\\| .*\`${name}[ \`]`, 'm'), name);
  });

  it('lists the exit codes, no more and no fewer', () => {
    const listed = [...page.matchAll(/^\| (\d+) +\|/gm)].map(([, code]) => Number(code));
    assert.deepEqual(listed, Object.values(EXIT));
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
