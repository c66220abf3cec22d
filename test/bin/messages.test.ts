import assert from 'node:assert/strict';
import { writeFile, chmod, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { EXIT } from '../../bin/exit-codes';
import type { CommandUser, Run } from './support/command-user';
import { keysOf, serve, twoFriends } from './support/two-friends';

describe('tox-async send, receive and serve', function () {
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

  /** The first message of a receiving command, once it is there. */
  async function firstOf(run: Run): Promise<unknown> {
    await run.says(/\n/);
    return JSON.parse(run.stdout.lines[0] ?? '');
  }

  it('carry a message, and say so when it was delivered', async () => {
    const receiving = bob.start(['receive', '--json', '--once']);
    const sent = await ann.run([
      'send',
      'Bob',
      'Water in the cellar',
      '--topic',
      'leak',
      '--wait',
      'delivered',
    ]);
    assert.deepEqual([sent.exitCode, sent.out], [EXIT.ok, 'delivered\n']);
    const { id, receivedAt, sentAt, friend, ...message } = (await firstOf(receiving)) as Record<
      string,
      unknown
    >;
    assert.deepEqual(message, {
      friendName: 'Ann',
      topic: 'leak',
      kind: 'text',
      text: 'Water in the cellar',
      via: 'direct',
    });
    assert.match(String(id), /^[0-9a-f]{64}$/);
    assert.match(String(friend), /^[0-9a-f]{64}$/);
    assert.ok(Number(receivedAt) > 0 && Number(sentAt) > 0);
    assert.equal(await receiving.exitCode, EXIT.ok);
    assert.equal(receiving.stdout.lines.length, 1);
  });

  it('let a message wait for the next process on the directory', async () => {
    const late = await ann.run(['send', 'Bob', 'first', '--timeout', '0.2']);
    assert.equal(late.exitCode, EXIT.later);
    assert.match(late.out, /^queued: it waits here/);
    const queued = await ann.run(['send', 'Bob', 'second', '--wait', 'queued']);
    assert.equal(queued.exitCode, EXIT.ok);
    const receiving = bob.start(['receive']);
    const serving = await serve(ann);
    await receiving.says(/Ann: first\nAnn: second\n/);
    assert.equal(await receiving.end(), EXIT.ok);
    assert.equal(await serving.end(), EXIT.ok);
  });

  it('take all messages of commands that run at the same time', async () => {
    const texts = ['1', '2', '3', '4', '5'];
    const sent = await Promise.all(texts.map((text) => ann.run(['send', 'Bob', text, '--wait', 'queued'])));
    assert.deepEqual(
      sent.map(({ exitCode, err }) => [exitCode, err]),
      texts.map(() => [EXIT.ok, '']),
    );
    const serving = await serve(ann);
    const receiving = bob.start(['receive']);
    await receiving.says(/(Ann: \d\n){5}/);
    assert.deepEqual(
      receiving.stdout.lines.sort(),
      texts.map((text) => `Ann: ${text}`),
    );
    await receiving.end();
    await serving.end();
  });

  it('go through the process that serves the directory', async () => {
    const serving = [await serve(ann), await serve(bob)];
    await keysOf(ann);
    const status = await ann.run(['status']);
    assert.match(status.out, new RegExp(`^Running   process ${process.pid} on `, 'm'));
    const sent = await ann.run(['send', 'Bob', '-', '--wait', 'delivered'], {
      input: 'from the standard input\n',
    });
    assert.equal(sent.out, 'delivered\n');
    const received = await bob.run(['receive', '--once', '--json']);
    assert.equal(received.exitCode, EXIT.ok);
    assert.equal((JSON.parse(received.out) as { text: string }).text, 'from the standard input\n');
    const nothing = await bob.run(['receive', '--once', '--timeout', '0.3']);
    assert.deepEqual([nothing.exitCode, nothing.out], [EXIT.later, '']);
    const second = await ann.run(['serve']);
    assert.equal(second.exitCode, EXIT.later);
    assert.match(second.err, new RegExp(`Process ${process.pid} on .* serves this directory already`));
    for (const run of serving) assert.equal(await run.end(), EXIT.ok);
    assert.match(serving[0]?.stdout.text ?? '', / info health online=(yes|no) friends=\d\/1 queued=0 /);
  });

  it('are served once a process ends that holds the directory for a moment', async () => {
    const before = await serve(ann);
    const serving = serve(ann);
    await setTimeout(500);
    assert.equal(await before.end(), EXIT.ok);
    assert.equal(await (await serving).end(), EXIT.ok);
  });

  it('take back a message, and send values as JSON and what somebody does', async () => {
    const queued = await ann.run(['send', 'Bob', 'never mind', '--wait', 'queued', '--json', '--urgent']);
    const { messageId } = JSON.parse(queued.out) as { messageId: string };
    const cancelled = await ann.run(['cancel', messageId, 'Bob']);
    assert.equal(cancelled.exitCode, EXIT.ok);
    assert.match(cancelled.out, /^cancelled/);
    assert.equal((await ann.run(['cancel', messageId])).exitCode, EXIT.data);
    assert.equal((await ann.run(['cancel', 'ab'])).exitCode, EXIT.data);
    await ann.run(['send', 'Bob', '{"level":3}', '--as', 'json', '--wait', 'queued']);
    await ann.run(['send', 'Bob', 'waves', '--as', 'action', '--wait', 'queued', '--overdue-after', '60']);
    assert.equal((await ann.run(['send', 'Bob', '{', '--as', 'json'])).exitCode, EXIT.data);
    assert.equal((await ann.run(['send', 'Bob', 'x', '--as', 'song'])).exitCode, EXIT.usage);
    const serving = await serve(ann);
    const receiving = bob.start(['receive']);
    await receiving.says(/Ann: \{"level":3\}\n\* Ann waves\n/);
    await receiving.end();
    await serving.end();
  });

  it('are counted by the hour, for people and as JSON', async () => {
    assert.match((await ann.run(['status', '--history'])).out, /^History {3}no message in the last week$/m);
    await ann.run(['send', 'Bob', 'one', '--wait', 'queued']);
    await ann.run(['send', 'Bob', 'two', '--wait', 'queued']);
    const { lines } = await ann.run(['status', '--history']);
    const [titles = '', hour = ''] = lines.slice(-2);
    assert.deepEqual(titles.trim().split(/ {2,}/).slice(0, 2), ['ago', 'sent']);
    assert.deepEqual(hour.trim().split(/ {2,}/), ['0 h', '2', '0', '0', '0', '0', '0', '2']);
    assert.equal(titles.length, hour.length);
    const serving = await serve(ann);
    const status = JSON.parse((await ann.run(['status', '--history', '--json'])).out) as {
      history: { sent: number }[];
    };
    assert.equal(status.history.at(-1)?.sent, 2);
    assert.equal('history' in JSON.parse((await ann.run(['status', '--json'])).out), false);
    await serving.end();
  });

  it('send a message once when the process that took it ends before it can answer', async () => {
    const serving = await serve(ann);
    const sending = ann.start(['send', 'Bob', 'once', '--wait', 'delivered']);
    while (!/ [1-9]\d* queued| [1-9]\d* stored/.test((await ann.run(['status'])).out)) await setTimeout(20);
    await serving.end();
    const receiving = bob.start(['receive']);
    assert.equal(await sending.exitCode, EXIT.ok);
    assert.equal(receiving.stdout.text, 'Ann: once\n');
    assert.equal((await ann.run(['status', '--json'])).out.includes('"unfinished":0'), true);
    await receiving.end();
  });

  it('erase a message only once it was written', async () => {
    await ann.run(['send', 'Bob', 'keep me', '--wait', 'queued']);
    const serving = await serve(ann);
    const broken = bob.start(['receive', '--json']);
    broken.stdout.broken = true;
    assert.equal(await broken.exitCode, EXIT.disk);
    const received = await bob.run(['receive', '--json', '--once']);
    assert.match(received.out, /"text":"keep me".*"redelivered":true/);
    const nothing = await bob.run(['receive', '--once', '--timeout', '0.5']);
    assert.equal(nothing.exitCode, EXIT.later);
    await serving.end();
  });

  it('start a program for each message, without a shell, with the payload and what is known of it', async () => {
    const script = path.join(bob.folder, 'note.sh');
    const note =
      'cat > payload; echo "$TOX_ASYNC_FRIEND_NAME|$TOX_ASYNC_TOPIC|$TOX_ASYNC_KIND|$1|$TOX_ASYNC_PASSPHRASE" > facts\n';
    await writeFile(script, `#!/bin/sh\n${note}`);
    await chmod(script, 0o700);
    await writeFile(path.join(ann.folder, 'picture'), Buffer.from([0, 1, 2, 255]));
    const topic = '$(touch evil); `x`';
    await ann.run(['send', 'Bob', '--file', 'picture', '--topic', topic, '--wait', 'queued']);
    const serving = await serve(ann);
    const env = { TOX_ASYNC_PASSPHRASE: 'a secret' };
    const received = await bob.run(['receive', '--exec', './note.sh', '--once', '--', 'an argument'], {
      env,
    });
    assert.equal(received.exitCode, EXIT.ok, received.err);
    assert.deepEqual(await readFile(path.join(bob.folder, 'payload')), Buffer.from([0, 1, 2, 255]));
    const facts = await readFile(path.join(bob.folder, 'facts'), 'utf8');
    assert.equal(facts, `Ann|${topic}|binary|an argument|\n`);
    await serving.end();
  });

  it('keep a message whose program failed, and end when there is no such program', async () => {
    await ann.run(['send', 'Bob', 'try again', '--wait', 'queued']);
    const serving = await serve(ann);
    const none = await bob.run(['receive', '--exec', './none']);
    assert.equal(none.exitCode, EXIT.config);
    assert.match(none.err, /The program cannot be started/);
    const failing = bob.start(['receive', '--exec', 'false']);
    while (!failing.stderr.text.includes('false ended with 1: the message comes again')) await setTimeout(20);
    assert.match((await bob.run(['status'])).out, /^Inbox {5}0 waiting, 1 to be handed over again$/m);
    const { counts } = JSON.parse((await bob.run(['status', '--json'])).out) as {
      counts: { waiting: number; failed: number };
    };
    assert.deepEqual([counts.waiting, counts.failed], [0, 1]);
    assert.equal(await failing.end(), EXIT.ok);
    const received = await bob.run(['receive', '--once']);
    assert.equal(received.out, 'Ann: try again\n');
    await serving.end();
  });

  it('say what is wrong, each kind of failure with its exit code', async () => {
    const codeOf = async (...args: string[]) => (await ann.run(args)).exitCode;
    assert.equal(await codeOf('send', 'Nobody', 'x', '--wait', 'queued'), EXIT.noFriend);
    assert.equal(await codeOf('send', 'Bob', '', '--wait', 'queued'), EXIT.data);
    assert.equal(await codeOf('send', 'Bob', '--file', 'none'), EXIT.noInput);
    assert.equal(await codeOf('send', 'Bob', 'two', 'words'), EXIT.usage);
    assert.equal(await codeOf('send', 'Bob', 'x', '--wait', 'soon'), EXIT.usage);
    assert.equal(await codeOf('send', 'Bob', 'x', '--timeout', 'soon'), EXIT.usage);
    assert.equal(await codeOf('send', 'Bob', 'x', '--once'), EXIT.usage);
    assert.equal(await codeOf('send', 'Bob', 'x', '--proxy', 'tor'), EXIT.usage);
    assert.equal(await codeOf('send', 'Bob', 'x', '--wait', 'queued', '--tcp'), EXIT.usage);
    assert.equal(await codeOf('cancel', 'ab'), EXIT.data);
    assert.equal(await codeOf('friends', '--port', '33445'), EXIT.usage);
    assert.equal(await codeOf('friends', 'rename', 'Bob', 'Rob', '--tcp'), EXIT.usage);
    assert.equal(await codeOf('friends', 'add', 'ab'), EXIT.data);
    assert.equal(await codeOf('friends', 'dance'), EXIT.usage);
    assert.equal(await codeOf('dance'), EXIT.usage);
    assert.equal(await codeOf(), EXIT.usage);
    const { err } = await ann.run(['send', 'Bob', 'x', '--timeout', '-1']);
    assert.equal(err, `tox-async: Option '--timeout' argument is ambiguous. See "tox-async --help".\n`);
  });

  it('find in words why a message would go out or not', async () => {
    const away = await ann.run(['doctor', 'Bob', '--timeout', '1']);
    assert.equal(away.exitCode, EXIT.ok);
    assert.match(away.out, /^warning {1}Bob is offline, and no storage node that you both know is online/m);
    const serving = await serve(bob);
    const here = await ann.run(['doctor', '--json', '--timeout', '4']);
    const findings = here.out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { code: string }).code);
    assert.deepEqual(findings, ['direct']);
    await serving.end();
  });
});
