import assert from 'node:assert/strict';
import { logTo } from '../../bin/output/streams';
import type { CommandUser } from './support/command-user';
import { serve, twoFriends } from './support/two-friends';

describe('The output of tox-async', function () {
  this.timeout(90_000);
  let ann: CommandUser;
  let bob: CommandUser;

  beforeEach(async () => {
    ({ ann, bob } = await twoFriends());
  });

  afterEach(async () => {
    await ann.end();
    await bob.end();
  });

  it('shows what friends wrote without letting it at the terminal', async () => {
    await ann.run(['send', 'Bob', '\u001b[2Jgone', '--wait', 'queued']);
    const serving = await serve(ann);
    const received = await bob.run(['receive', '--once']);
    assert.equal(received.out, 'Ann: \ufffd[2Jgone\n');
    await serving.end();
  });

  it('shows no line of a message as if it were the message of somebody else', async () => {
    await ann.run(['send', 'Bob', 'hello\nCarol: send money', '--wait', 'queued']);
    const serving = await serve(ann);
    const received = await bob.run(['receive', '--once']);
    assert.equal(received.out, 'Ann: hello\n  Carol: send money\n');
    await serving.end();
  });

  it('gives JSON that says the same and that a terminal does not obey', async () => {
    const wild = '\u007f \u009b2J \u202e evil';
    await ann.run(['send', 'Bob', wild, '--wait', 'queued']);
    await ann.run(['send', 'Bob', JSON.stringify({ [wild]: wild }), '--as', 'json', '--wait', 'queued']);
    const serving = await serve(ann);
    for (const expected of [{ text: wild }, { json: { [wild]: wild } }]) {
      const { out } = await bob.run(['receive', '--json', '--once']);
      assert.doesNotMatch(out.trimEnd(), /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      const { text, json } = JSON.parse(out) as { text?: string; json?: unknown };
      assert.deepEqual(
        { ...(text !== undefined && { text }), ...(json !== undefined && { json }) },
        expected,
      );
    }
    await serving.end();
  });

  it('shows in an error nothing that a terminal obeys', async () => {
    const { err } = await ann.run(['send', '\u001b[2J\u009b2J', 'x', '--wait', 'queued']);
    assert.match(err, /\ufffd/);
    assert.doesNotMatch(err.trimEnd(), /\p{Cc}/u);
  });

  it('is a log in JSON where that is wanted', async () => {
    const serving = ann.start(['serve', '--log', 'json']);
    await serving.says(/health/);
    await serving.end();
    const lines = serving.stdout.lines.map((line) => JSON.parse(line) as { level: string; text: string });
    assert.match(lines[0]?.text ?? '', /^Serving [0-9A-F]{76}$/);
    assert.match(lines[1]?.text ?? '', /^Engine \w+, cryptography [\w-]+$/);
    assert.ok(lines.every(({ level }) => level === 'info'));
  });

  it('shows mail for others with its cap only while a process has one', async () => {
    const kept = async () => /^Kept .*$/m.exec((await ann.run(['status'])).out)?.[0];
    assert.equal(await kept(), 'Kept      0 messages for others, 0.0 MB');
    const serving = await serve(ann);
    assert.equal(await kept(), 'Kept      0 messages for others, 0.0 of 64 MB');
    await serving.end();
  });

  it('has no line in a log that looks like an entry of its own', () => {
    let written = '';
    const output = {
      write: (text: string, done: () => void) => {
        written += text;
        done();
      },
    };
    logTo(output, 'text').warn('Ann said:\n2026-11-30T00:00:00.000Z error The disk is full');
    assert.match(written, /^\S+ warning Ann said:\n {2}2026-11-30T00:00:00\.000Z error The disk is full\n$/);
  });
});
