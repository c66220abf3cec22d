import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, readdir } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { Desk } from '../../../lib/control/desk';
import { findHolder } from '../../../lib/control/holder';
import { ToxAsyncError } from '../../../lib/errors';
import { AsyncManager } from '../../../lib/manager/async-manager';
import { systemPlatform } from '../../../lib/platform/system/system-platform';
import { Asker, type OpenSession, Sessions } from './support/sessions';

describe('A session whose lock strangers could reach', function () {
  this.timeout(60_000);
  let sessions: Sessions;
  let pi: OpenSession;
  let phone: OpenSession;

  beforeEach(async () => {
    sessions = new Sessions();
    pi = await sessions.add('Pi', { givesMessages: true });
    phone = await sessions.add('Phone');
  });

  afterEach(() => sessions.stop());

  it('sends away who asks twice, nonsense or nothing, and goes on', async () => {
    const [name = ''] = await readdir(path.join(pi.dataDir, 'lock'));
    const say = (text: string) =>
      new Promise<string>((resolve) => {
        let heard = '';
        const socket = connect(path.join(pi.dataDir, 'lock', name));
        socket.setEncoding('utf8').on('data', (more: string) => (heard += more));
        socket.on('close', () => resolve(heard.split('\n').slice(1).join('\n')));
        socket.on('error', () => undefined);
        socket.write(text);
      });
    assert.match(await say('nonsense\n'), /"code":"ErrMalformed"/);
    assert.match(await say(`${'x'.repeat(600_000)}\n`), /^$|ErrMalformed/);
    assert.match(await say('{"ask":"identity"}\n{"ask":"status"}\n'), /^{"answer":{"publicKey"[^\n]*\n$/);
    assert.ok(await findHolder(pi.dataDir));
  });

  it('takes no requests while others could connect to its lock', async () => {
    const open = await sessions.add('Open');
    await open.manager.stop();
    await chmod(path.join(open.dataDir, 'lock'), 0o770);
    const manager = await AsyncManager.create({ dataDir: open.dataDir, engine: 'nedb' });
    try {
      new Desk(manager, systemPlatform).open();
      const found = await findHolder(open.dataDir);
      assert.equal(found?.pid, process.pid);
      const ask = found.ask({ ask: 'identity' }, new Asker().hooks);
      await assert.rejects(ask, (error: unknown) => {
        assert.ok(ToxAsyncError.is(error, 'ErrClosed'));
        assert.match(error.message, /nobody but you can open the folder "lock"/);
        return true;
      });
    } finally {
      await manager.stop();
    }
  });

  it('is told nothing where another user could listen in its place', async () => {
    const folder = phone.dataDir;
    await phone.manager.stop();
    await chmod(path.join(folder, 'lock'), 0o777);
    const heard: string[] = [];
    const poser = createServer((socket) => {
      const since = new Date().toISOString();
      socket.write(`${JSON.stringify({ pid: 1, host: 'x', since, state: 'held', claim: 'x' })}\n`);
      socket.on('data', (bytes) => heard.push(String(bytes))).on('error', () => undefined);
      socket.on('data', () => socket.end('{"answer":{"base64":""}}\n'));
    });
    poser.listen(path.join(folder, 'lock', 'a'.repeat(24)));
    await once(poser, 'listening');
    try {
      const found = await findHolder(folder);
      assert.equal(found?.pid, 1);
      const ask = found.ask({ ask: 'backup', passphrase: 'correct horse' }, new Asker().hooks);
      await assert.rejects(ask, (error: unknown) => ToxAsyncError.is(error, 'ErrClosed'));
      assert.deepEqual(heard, []);
    } finally {
      poser.close();
    }
  });
});
