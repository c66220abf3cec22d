import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EXIT } from '../../bin/exit-codes';
import { chooseCryptoProvider, joinText, readJoinToken } from '../../lib/index';
import { FakeTox, stranger } from '../nodes/support/fake-tox';
import { CommandUser, newNetwork, type Run } from './support/command-user';

describe('tox-async serve as an open node', function () {
  this.timeout(60_000);
  let ann: CommandUser;
  let tox: FakeTox | undefined;

  beforeEach(async () => {
    ann = await CommandUser.of('Ann', newNetwork());
    await ann.run(['init']);
  });

  afterEach(() => ann.end());

  async function serve(...args: string[]): Promise<Run> {
    const run = ann.start(['serve', ...args], {
      connect: ({ profile }, { toxcore }, log) => {
        tox = new FakeTox({ ...profile, settings: { ...toxcore, bootstrap: [] }, log }, []);
        return Promise.resolve(tox);
      },
    });
    await run.says(/Serving/);
    return run;
  }

  /** Somebody asks. @returns what becomes of it */
  async function ask(text = 'Hello'): Promise<'friend' | 'asks'> {
    const { publicKey, key } = stranger();
    tox?.ask(publicKey, text);
    for (;;) {
      const line = (await ann.run(['friends'])).lines.find((each) => each.includes(key));
      if (line !== undefined) return line.includes('asks to be a friend') ? 'asks' : 'friend';
    }
  }

  it('lets in whoever asks, 20 at once, and leaves the others to a person', async () => {
    const run = await serve('--role', 'everyone');
    const verdicts: string[] = [];
    for (let i = 0; i < 22; i += 1) verdicts.push(await ask());
    assert.deepEqual(verdicts, [...Array<string>(20).fill('friend'), 'asks', 'asks']);
    assert.match(run.stdout.text, /Friend request from [0-9a-f]{64}: "Hello"/);
    const status = JSON.parse((await ann.run(['status', '--json'])).out) as { kept: { role: string } };
    assert.equal(status.kept.role, 'everyone');
    await run.end();
  });

  it('gives newcomers a quarter of the places, in which they push each other out and nobody else', async () => {
    const run = await serve('--role', 'everyone', '--friends-cap', '8');
    await ann.run(['friends', 'accept', stranger().key, '--name', 'Friend']);
    for (let i = 0; i < 4; i += 1) assert.equal(await ask(), 'friend');
    const { lines } = await ann.run(['friends']);
    assert.equal(lines.length, 3);
    assert.equal(lines.filter((line) => line.endsWith('Friend')).length, 1);
    await run.end();
    const again = await serve('--role', 'everyone', '--friends-cap', '8');
    assert.equal(await ask(), 'friend');
    assert.equal((await ann.run(['friends'])).lines.length, 3);
    await again.end();
  });

  it('lets in only who proves a token where it has tokens', async () => {
    const token = (await ann.run(['cell', 'token'])).out.trim();
    await writeFile(path.join(ann.folder, 'tokens'), `${token}\n`);
    const run = await serve('--role', 'everyone', '--join-tokens', 'tokens');
    assert.equal(await ask(), 'asks');
    const { publicKey, key } = stranger();
    tox?.ask(publicKey, joinText(chooseCryptoProvider(), readJoinToken(token), publicKey));
    while (!(await ann.run(['friends'])).lines.some((line) => line.startsWith(`${key}  offline`)));
    await run.end();
  });

  it('leaves all to a person in the role for friends', async () => {
    const run = await serve();
    assert.equal(await ask(), 'asks');
    await run.end();
    assert.equal((await ann.run(['serve', '--role', 'off'])).exitCode, EXIT.usage);
    assert.equal((await ann.run(['serve', '--friends-cap', '5'])).exitCode, EXIT.usage);
    assert.equal((await ann.run(['serve', '--role', 'everyone', '--friends-cap', '0'])).exitCode, EXIT.usage);
  });
});
