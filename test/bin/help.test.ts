import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { COMMANDS } from '../../bin/commands/index';
import { EXIT } from '../../bin/exit-codes';
import { MANIFEST } from '../../scripts/support/project';
import { CommandUser, newNetwork } from './support/command-user';

describe('The help of tox-async', () => {
  let user: CommandUser;

  beforeEach(async () => {
    user = await CommandUser.of('Ann', newNetwork());
  });
  afterEach(() => user.end());

  it('fits a screen of 24 lines of 80 characters, for each command too', async () => {
    const pages = [await user.run(['--help'])];
    assert.deepEqual(await user.run(['-h']), pages[0]);
    for (const { name } of COMMANDS) pages.push(await user.run([name, '--help']));
    for (const { exitCode, out } of pages) {
      assert.equal(exitCode, EXIT.ok);
      const lines = out.trimEnd().split('\n');
      assert.ok(lines.length <= 24, `${lines.length} lines:\n${out}`);
      for (const line of lines) assert.ok(line.length <= 80, line);
    }
    for (const { name } of COMMANDS) assert.match(pages[0]?.out ?? '', new RegExp(`^  ${name} `, 'm'));
  });

  it('tells the version of the package', async () => {
    assert.equal((await user.run(['--version'])).out, `${MANIFEST.version}\n`);
  });

  it('has a completion script that bash takes, and that completes commands and options', async () => {
    const { out } = await user.run(['completion', 'bash']);
    const complete = (...words: string[]) => {
      const line = words.map((word) => `'${word}'`).join(' ');
      const run = `COMP_WORDS=(tox-async ${line}); COMP_CWORD=${words.length}; _tox_async; echo "\${COMPREPLY[@]}"`;
      const { stdout, stderr } = spawnSync('bash', ['-c', `${out}\n${run}`], { encoding: 'utf8' });
      assert.equal(stderr, '');
      return stdout.trim();
    };
    assert.equal(complete('se'), 'send serve');
    assert.equal(complete('send', '--to'), '--topic');
    assert.equal(complete('friends', 're'), 'rename remove');
    assert.equal(complete('send', 'Bob', '--wait', 'd'), 'delivered');
  });
});
