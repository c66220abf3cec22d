import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { COMMANDS } from '../../bin/commands/index';
import { assertOptions, readCommandLine } from '../../bin/options/command-line';
import { optionsOf } from '../../bin/options/help';
import { ROOT } from '../../scripts/support/project';

const FOLDER = path.join(ROOT, 'docs/service');
const FILES = readdirSync(FOLDER);
const textOf = (file: string) => readFileSync(path.join(FOLDER, file), 'utf8');

/** The command lines in the lines of a file that are no comments, as a shell splits them. */
function commandsIn(file: string): string[][] {
  const lines = textOf(file)
    .split('\n')
    .filter((line) => !line.startsWith('#') && /^(Exec|CMD|HEALTHCHECK)/.test(line));
  const plain = lines.map((line) => line.replace(/["'[\],]/g, ' '));
  return plain.flatMap((line) =>
    [...line.matchAll(/tox-async ([a-z][^|;]*)/g)].map(([, args = '']) => args.trim().split(/\s+/)),
  );
}

describe('The examples of services', () => {
  for (const file of FILES) {
    it(`${file} gives only commands that exist, with options that they have`, () => {
      const commands = commandsIn(file);
      assert.ok(commands.length > 0);
      for (const args of commands) {
        const { words, options } = readCommandLine(args);
        const command = COMMANDS.find(({ name }) => name === words[0]);
        assert.ok(command, args.join(' '));
        assertOptions(command.name, options, optionsOf(command));
      }
    });

    it(`${file} keeps everything in one directory that it names, or in the user's own`, () => {
      assert.match(textOf(file), /TOX_ASYNC_DATA=|as a service of one user/);
      assert.doesNotMatch(textOf(file), /PASSPHRASE=/);
    });
  }

  it('are units that systemd takes, where it can be asked', () => {
    const units = FILES.filter((file) => file.endsWith('.service'));
    const { error, stderr } = spawnSync('systemd-analyze', ['verify', ...units], {
      cwd: FOLDER,
      encoding: 'utf8',
    });
    assert.deepEqual(units, ['tox-async.service', 'tox-receive.service']);
    if (error === undefined) assert.equal(stderr, '');
  });
});
