import assert from 'node:assert/strict';
import { short, stranger } from '../support/fake-tox';
import { ToxBench } from '../support/tox-bench';

describe('tox-transport on libtoxcore', function () {
  let bench: ToxBench;

  beforeEach(() => {
    bench = new ToxBench();
  });

  afterEach(() => bench.red.stop());

  it('is a bot by itself: messages and actions come, answers go, at once', async () => {
    await bench.started();
    const bob = stranger();
    await bench.act({ action: 'accept', friend: bob.key, name: 'Bob' });
    bench.tox.meet(bob.publicKey);
    const status = await bench.red.wait('out', ({ topic }) => topic === 'tox/status');
    assert.deepEqual([status.payload, status.friendName], [true, 'Bob']);
    bench.tox.say(bob.publicKey, 'action', 'waves');
    const msg = await bench.red.wait('out', ({ topic }) => topic === 'tox/message');
    assert.deepEqual([msg.payload, msg.messageType, msg.friend], ['waves', 'action', bob.key]);
    bench.red.send('net', { ...msg, _msgid: 'echo', action: 'send' });
    await bench.red.wait('completed', ({ _msgid }) => _msgid === 'echo');
    assert.ok(bench.tox.calls.includes(`send ${short(bob.publicKey)} action waves`));
    const echoes = bench.red.probes.all('out').filter(({ _msgid }) => _msgid === 'echo');
    assert.deepEqual(echoes, [], 'what was sent never looks like what came');
  });

  it('says so when a message did not reach the friend', async () => {
    await bench.started();
    const bob = stranger();
    await bench.act({ action: 'accept', friend: bob.key, name: 'Bob' });
    assert.equal(
      (await bench.failed({ action: 'send', friend: 'Bob', payload: 'x' })).code,
      'ErrNotConnected',
    );
    bench.tox.meet(bob.publicKey);
    bench.tox.confirms = false;
    assert.equal(
      (await bench.failed({ action: 'send', friend: 'Bob', payload: 'x' })).code,
      'ErrNotConnected',
    );
    assert.equal(
      (await bench.failed({ action: 'send', friend: 'Eve', payload: 'x' })).code,
      'ErrUnknownFriend',
    );
    assert.equal((await bench.failed({ action: 'send', friend: 'Bob' })).code, 'ErrMessageEmpty');
  });

  it('sets its name and status', async () => {
    await bench.started();
    assert.equal((await bench.act({ action: 'set-name', payload: 'Echo' })).topic, 'tox/self');
    await bench.act({ action: 'set-status', status: 'away', payload: 'Back at eight' });
    await bench.act({ action: 'set-status', payload: '' });
    const calls = bench.tox.calls.filter((call) => /^(name|status)/.test(call));
    assert.deepEqual(calls, ['name Echo', 'status away', 'status message Back at eight', 'status message ']);
  });
});
