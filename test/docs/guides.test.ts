import assert from 'node:assert/strict';
import { COMMANDS } from '../../bin/commands/index';
import { assertOptions, readCommandLine } from '../../bin/options/command-line';
import { optionsOf } from '../../bin/options/help';
import { FINDING_CONTEXTS } from '../../lib/manager/diagnosis/finding-texts';
import { DEFAULT_NAMES } from '../../nodes/runtime/settings/fleet-defaults';
import { PAGES, readPage } from './support/pages';
import { shellLines } from './support/shell-lines';

const GUIDES = PAGES.filter(({ path }) => path.startsWith('docs/guides/'));
const isIndex = ({ path }: { readonly path: string }) => path.endsWith('README.md');

describe('The guides', () => {
  it('are all in their index, which README names', () => {
    const index = GUIDES.find(isIndex)?.text ?? '';
    const linked = [...index.matchAll(/^\| \[[^\]]+\]\(([\w-]+\.md)\)/gm)].map(([, file]) => file);
    const others = GUIDES.filter((page) => !isIndex(page)).map(({ path }) =>
      path.slice('docs/guides/'.length),
    );
    assert.deepEqual([...linked].sort(), others.sort());
    assert.match(readPage('README.md').text, /\(docs\/guides\/README\.md\)/);
  });

  it('say of every finding what to do, and of no other', () => {
    const { text } = readPage('docs/guides/troubleshooting.md');
    const tables = text.slice(0, text.indexOf('## Other symptoms'));
    const rows = [...tables.matchAll(/^\| `([a-z-]+)` +\|([^|]+)\|([^|]+)\|$/gm)];
    assert.deepEqual(rows.map(([, code]) => code).sort(), [...FINDING_CONTEXTS.keys()].sort());
    for (const [, code, seen = '', remedy = ''] of rows) assert.ok(seen.trim() && remedy.trim(), code);
  });
});

describe('docs/WIRING.md', () => {
  it('lists the codes of all findings, and no others', () => {
    const [, list = ''] = /`code` is one of ([^.]+)\./.exec(readPage('docs/WIRING.md').text) ?? [];
    const codes = [...list.matchAll(/`([a-z-]+)`/g)].map(([, code]) => code);
    assert.deepEqual(codes.sort(), [...FINDING_CONTEXTS.keys()].sort());
  });

  it('shows every default that settings.js may have, and no others', () => {
    const [, block = ''] = /^toxAsync: \{\n([\s\S]*?)^\},$/m.exec(readPage('docs/WIRING.md').text) ?? [];
    const shown = [...block.matchAll(/^ {2}(\w+):/gm)].map(([, name = '']) => name);
    assert.deepEqual(shown, [...DEFAULT_NAMES]);
  });
});

describe('All pages', () => {
  it('let only the user read what a command prints into a file: it holds a secret', () => {
    const blocks = PAGES.flatMap(({ text }) =>
      [...text.matchAll(/```sh\n[\s\S]*?```/g)].map(([block]) => block),
    );
    const printing = blocks.filter((block) => /^ *tox-async .* > /m.test(block));
    assert.ok(printing.length >= 3, String(printing.length));
    for (const block of printing) assert.match(block, /^ *umask 077\n[\s\S]* > /m);
  });

  it('give only commands that exist, with options that they have', () => {
    const lines = PAGES.flatMap(({ text }) => shellLines(text)).filter((line) =>
      line.startsWith('tox-async '),
    );
    assert.ok(lines.length > 20, String(lines.length));
    for (const line of lines) {
      const { words, options } = readCommandLine(line.split(/\s+/).slice(1));
      const command = COMMANDS.find(({ name }) => name === words[0]);
      assert.ok(command, line);
      assertOptions(command.name, options, optionsOf(command));
    }
  });
});
