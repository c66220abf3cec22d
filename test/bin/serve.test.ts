import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { EXIT } from '../../bin/exit-codes';
import { ToxAsyncError } from '../../lib/index';
import { END_MS } from '../../bin/system-machine';
import { ROOT } from '../../scripts/support/project';
import { CommandUser, newNetwork } from './support/command-user';

interface Answer {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly text: string;
}

/** What an HTTP server of this machine answers; `host` is the name that the asker came by. */
async function ask(url: string, { method = 'GET', host = '127.0.0.1' } = {}): Promise<Answer> {
  const asked = request(url, { method, headers: { host }, agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of answer) text += String(chunk);
  return { status: answer.statusCode, type: answer.headers['content-type'], text };
}

describe('tox-async serve', function () {
  this.timeout(60_000);
  let ann: CommandUser;
  let bob: CommandUser;

  beforeEach(async () => {
    const network = newNetwork();
    ann = await CommandUser.of('Ann', network);
    bob = await CommandUser.of('Bob', network);
    await ann.run(['init']);
    await bob.run(['init']);
  });

  afterEach(async () => {
    await ann.end();
    await bob.end();
  });

  async function serveMetrics() {
    const run = ann.start(['serve', '--metrics', '0']);
    await run.says(/Metrics at .*\n/);
    const [, url = ''] = /Metrics at (http:\/\/127\.0\.0\.1:\d+\/metrics)\n/.exec(run.stdout.text) ?? [];
    return { run, url };
  }

  it('ends with 75 and no word when a signal also ends the process of Tox that starts', async () => {
    let childEnds: (error: Error) => void = () => undefined;
    const connecting = new Promise<never>((_, reject) => (childEnds = reject));
    let isConnecting: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (isConnecting = resolve));
    const serving = ann.start(['serve'], {
      connect: () => {
        isConnecting();
        return connecting;
      },
    });
    await begun;
    const ended = serving.end();
    childEnds(new ToxAsyncError('ErrTransport', 'The libtoxcore process ended: SIGTERM.'));
    assert.equal(await ended, EXIT.later);
    assert.equal(serving.stderr.text, '');
  });

  it('gives its figures to programs of this machine, and names no peer in them', async () => {
    const { run, url } = await serveMetrics();
    await ann.run(['friends', 'accept', (await bob.run(['id'])).out.slice(0, 64), '--name', 'Bob']);
    await ann.run(['send', 'Bob', 'x', '--wait', 'queued']);
    const { status, type, text } = await ask(url);
    assert.deepEqual([status, type], [200, 'text/plain; version=0.0.4; charset=utf-8']);
    for (const line of [
      'tox_async_session_open{session="serve"} 1',
      'tox_async_kept_trouble{session="serve"} 0',
      'tox_async_friends{session="serve",state="offline"} 1',
      'tox_async_outbox_messages{session="serve",state="queued"} 1',
    ]) {
      assert.ok(text.includes(`${line}\n`), text);
    }
    assert.match(text, /^tox_async_data_folder_bytes\{session="serve"\} [1-9]\d*$/m);
    assert.doesNotMatch(text, /bob|ann|[0-9a-f]{16}/i);
    assert.equal(await run.end(), EXIT.ok);
    await assert.rejects(ask(url), /ECONNREFUSED/);
  });

  it('gives them only where they are, by reading, and to nobody who came by a name of another machine', async () => {
    const { run, url } = await serveMetrics();
    assert.equal((await ask(url, { host: 'evil.example' })).status, 403);
    assert.equal((await ask(url, { host: 'localhost:9100' })).status, 200);
    assert.equal((await ask(url, { method: 'POST' })).status, 405);
    assert.equal((await ask(new URL('/', url).href)).status, 404);
    await run.end();
  });

  it('gives them soon although others hold all its connections and ask nothing', async () => {
    const { run, url } = await serveMetrics();
    const silent = Array.from({ length: 16 }, () =>
      connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined),
    );
    await Promise.all(silent.map((socket) => once(socket, 'connect')));
    const answered = () => ask(url).catch(() => undefined);
    while ((await answered())?.status !== 200) await setTimeout(200);
    for (const socket of silent) socket.destroy();
    await run.end();
  });

  it('says so when it cannot have the port, and serves nothing without', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const { exitCode, err } = await ann.run(['serve', '--metrics', String(port)]);
    other.close();
    assert.equal(exitCode, EXIT.unavailable);
    assert.match(err, new RegExp(`Port ${port} cannot be used for metrics: .*EADDRINUSE`));
    assert.equal((await ann.run(['serve', '--metrics', 'many'])).exitCode, EXIT.usage);
    assert.equal((await ann.run(['serve', '--metrics', '9100.5'])).exitCode, EXIT.usage);
  });

  it('says in its health line what is wrong with the database of the mail, and at once when that changes', async () => {
    const server = createTcpServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    await new Promise((resolve) => server.close(resolve));
    await writeFile(path.join(ann.folder, 'database'), `postgres://ann@127.0.0.1:${port}/mail\n`);
    const run = ann.start(['serve', '--database', 'database', '--metrics', '0']);
    await run.says(/ health online=.* kept=0 problem=none mail="The database does not answer\..*"/);
    const [, url = ''] = /Metrics at (\S+)\n/.exec(run.stdout.text) ?? [];
    assert.match((await ask(url)).text, /^tox_async_kept_trouble\{session="serve"\} 1$/m);
    server.listen(port, '127.0.0.1');
    await run.says(/ health online=.* mail="The connection to the database ended\..*"/);
    server.close();
    await run.end();
  });

  it('says in its log by which engine and cryptography it serves, and under which Tox ID', async () => {
    const [id = ''] = (await ann.run(['id'])).out.split('\n');
    const run = ann.start(['serve']);
    await run.says(
      new RegExp(` Serving ${id}\n.* Engine (lmdb|nedb), cryptography (sodium-native|portable)\n`),
    );
    await run.end();
  });

  it('ends within 2 s of SIGTERM, whatever has not ended by then', async () => {
    assert.equal(Math.max(END_MS, 2000), 2000);
    const stuck = `
      const { signal } = require('./bin/system-machine').systemMachine();
      signal.addEventListener('abort', () => console.log('asked to end'));
      setInterval(() => undefined, 1000);
      console.log('ready');`;
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', stuck], { cwd: ROOT });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += String(chunk);
      if (out === 'ready\n') child.kill('SIGTERM');
    });
    assert.deepEqual(await once(child, 'close'), [EXIT.later, null]);
    assert.equal(out, 'ready\nasked to end\n');
  });
});
