import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ToxAsyncError, ToxcoreTransport } from '../../../lib/index';
import { stranger } from '../support/fake-tox';
import { storageNode, transport } from '../support/flows';
import { managerOf, NodeRed, until } from '../support/node-red';
import { ToxBench, toxFlow } from '../support/tox-bench';

describe('tox-transport on libtoxcore', function () {
  let bench: ToxBench;

  beforeEach(() => {
    bench = new ToxBench();
  });

  afterEach(() => bench.red.stop());

  it('reports what it cannot do to Catch', async () => {
    await bench.started();
    const wrong: [string, Record<string, unknown>][] = [
      ['ErrInvalidArgument', {}],
      ['ErrInvalidArgument', { action: 'fly' }],
      ['ErrInvalidArgument', { action: 'add-friend' }],
      ['ErrInvalidToxId', { action: 'add-friend', friend: stranger().key }],
      ['ErrInvalidKey', { action: 'accept', friend: 'Bob' }],
      ['ErrInvalidRecipient', { action: 'accept', friend: bench.manager.toxId }],
      ['ErrInvalidArgument', { action: 'set-status', status: 'asleep' }],
      ['ErrInvalidArgument', { action: 'set-status' }],
    ];
    for (const [code, msg] of wrong) assert.equal((await bench.failed(msg)).code, code, JSON.stringify(msg));
    await bench.act({ action: 'disconnect' });
    assert.equal(
      (await bench.failed({ action: 'add-friend', friend: stranger().toxId })).code,
      'ErrNotConnected',
    );
  });

  it('tells Catch once when libtoxcore dies, and Status while it is away', async () => {
    await bench.started();
    bench.tox.connect();
    await bench.red.status('statuses', 'net', 'online 0/0');
    bench.red.probes.clear('errors');
    for (const waitMs of [500, 1000, 2000])
      bench.tox.events.emit('restarting', { reason: 'SIGSEGV', waitMs });
    const { error } = await bench.red.caught('errors', 'net', 'ErrTransport');
    assert.match(error.message, /SIGSEGV/);
    bench.tox.events.emit('running', undefined);
    bench.tox.events.emit('restarting', { reason: 'SIGKILL', waitMs: 500 });
    await bench.red.wait('errors', (each) => each.error.message.includes('SIGKILL'));
    assert.equal(bench.red.probes.all('errors').length, 2);
  });

  it('tries again by itself at one pace, however often the flow asked in vain', async () => {
    await bench.start({ atStart: 'offline' });
    bench.failures.push(...Array.from({ length: 50 }, () => new ToxAsyncError('ErrPortInUse', 'In use.')));
    for (let n = 0; n < 10; n += 1)
      assert.equal((await bench.failed({ action: 'connect' })).code, 'ErrPortInUse');
    const left = bench.failures.length;
    await delay(1500);
    assert.ok(left - bench.failures.length <= 2, `${left - bench.failures.length} attempts`);
    bench.failures.length = 0;
    await until('it runs', () => bench.tox.running);
  });

  it('keeps trying when it cannot start, and when it cannot go online again', async () => {
    bench.failures = [new ToxAsyncError('ErrPortInUse', 'Choose another port.')];
    await bench.start();
    await bench.red.caught('errors', 'net', 'ErrPortInUse');
    await bench.red.status('statuses', 'net', 'error: ErrPortInUse');
    await until('the next attempt succeeds', () => bench.made.at(-1)?.running === true);
    await bench.red.status('statuses', 'net', 'connecting');

    bench.tox = bench.made.at(-1)!;
    await bench.act({ action: 'disconnect' });
    bench.tox.failures.push(...[1, 2, 3].map(() => new ToxAsyncError('ErrProxy', 'Start the proxy.')));
    assert.equal((await bench.failed({ action: 'connect' })).code, 'ErrProxy');
    await bench.red.status('statuses', 'net', 'error: ErrProxy');
    await until('it comes online by itself', () => bench.tox.running);
    assert.equal(bench.red.probes.all('errors').length, 2, 'each failure is reported once');
  });

  it('refuses a list of first nodes that cannot be used', async () => {
    bench.red = await NodeRed.start(toxFlow({ bootstrap: 'nowhere.json' }), () =>
      assert.fail('it must not start'),
    );
    const { error } = await bench.red.caught('errors', 'net', 'ErrInvalidArgument');
    assert.match(error.message, /nowhere\.json/);
  });

  it('without the library names the package to install, and everything else still works', async () => {
    const missing = path.join(__dirname, 'no-such-library.so');
    bench.red = await NodeRed.start(
      [...toxFlow(), storageNode('bob'), transport('bob-net', 'bob-session')],
      (options) => new ToxcoreTransport({ ...options, settings: { ...options.settings, library: missing } }),
    );
    const { error } = await bench.red.caught('errors', 'net', 'ErrMissingLibrary');
    assert.match(error.message, /apt install libtoxcore2/);
    await bench.red.status('statuses', 'net', 'error: ErrMissingLibrary');
    assert.equal((await bench.failed({ action: 'connect' })).code, 'ErrMissingLibrary');
    await bench.red.status('statuses', 'bob-net', 'online 0/0');
    bench.manager = await managerOf(bench.red, 'ann-session');
    const bob = await managerOf(bench.red, 'bob-session');
    await bench.manager.addFriend(bob.publicKey, 'bob');
    const { reason } = await bench.manager.sendAsyncMessage(bob.publicKey, 'it waits');
    assert.equal(reason, 'no-transport');
  });

  it('on a virtual network refuses what needs Tox, and says why', async () => {
    bench.red = await NodeRed.start(toxFlow({ mode: 'virtual' }));
    for (const action of ['add-friend', 'accept', 'remove-friend', 'allow-plain', 'set-name', 'set-status']) {
      const error = await bench.failed({ action, friend: stranger().toxId, payload: 'true' });
      assert.equal(error.code, 'ErrInvalidArgument');
      assert.match(error.message, /libtoxcore/);
    }
  });
});
