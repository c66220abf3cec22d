import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { node, probe, storageNode, TAB, transport, WATCH, withChange, without } from './support/flows';
import { managerOf, NodeRed, until, type FlowEntry } from './support/node-red';

const TWO: FlowEntry[] = [
  TAB,
  ...WATCH,
  storageNode('ann'),
  storageNode('bob'),
  transport('ann-net', 'ann-session', { wires: [['ann-out']] }),
  transport('bob-net', 'bob-session', { wires: [['bob-out']] }),
  probe('ann-out'),
  probe('bob-out'),
];

describe('tox-transport', function () {
  let red: NodeRed;

  const online = async (name: string, isOnline: boolean) => {
    const manager = await managerOf(red, `${name}-session`);
    await until(`${name} is ${isOnline ? 'online' : 'offline'}`, () => manager.isOnline() === isOnline);
  };
  const settled = async (name: string) => {
    const manager = await managerOf(red, `${name}-session`);
    await until(`${name} sees its friend`, () => manager.counts().online === 1);
  };

  beforeEach(async () => {
    red = await NodeRed.start(TWO);
    await Promise.all(['ann', 'bob'].map(settled));
  });

  afterEach(() => red.stop());

  it('connects sessions on a virtual network under the names of their storage-nodes', async () => {
    await red.status('statuses', 'ann-net', 'online 1/1');
    const ann = await managerOf(red, 'ann-session');
    const self = await red.wait('ann-out', ({ topic, payload }) => topic === 'tox/self' && payload === true);
    assert.equal(self.self, Buffer.from(ann.publicKey).toString('hex'));
    assert.equal(self.toxId, ann.toxId);
    const status = await red.wait('ann-out', ({ topic }) => topic === 'tox/status');
    assert.equal(status.payload, true);
    const friends = await red.wait('ann-out', ({ topic }) => topic === 'tox/friends');
    assert.deepEqual(
      (friends.payload as { friendName: string }[]).map(({ friendName }) => friendName),
      ['bob'],
    );
  });

  it('goes offline and online when asked to, answers with the same message, and tells once', async () => {
    const off = await red.turn('bob-net', 'bob-out', 'disconnect');
    assert.equal(off.topic, 'tox/self');
    assert.equal(off.payload, false);
    await online('bob', false);
    await red.status('statuses', 'bob-net', 'offline');
    await red.status('statuses', 'bob-session', 'offline');
    await red.wait('ann-out', ({ topic, payload }) => topic === 'tox/status' && payload === false);
    const on = await red.turn('bob-net', 'bob-out', 'connect');
    assert.equal(on.payload, true);
    red.send('bob-net', Object.freeze({ _msgid: 'frozen', action: 'list-friends', kept: 1 }));
    const { kept } = await red.wait('bob-out', ({ _msgid }) => _msgid === 'frozen');
    assert.equal(kept, 1, 'a frozen message is answered with a copy');
    await online('bob', true);
    await delay(50);
    const told = red.probes.all('bob-out').filter(({ topic }) => topic === 'tox/self');
    assert.deepEqual(told.map(({ payload }) => payload).slice(-2), [false, true]);
  });

  it('lists friends', async () => {
    red.send('ann-net', { _msgid: 'list', action: 'list-friends' });
    const { topic, payload } = await red.wait('ann-out', ({ _msgid }) => _msgid === 'list');
    const bob = await managerOf(red, 'bob-session');
    assert.equal(topic, 'tox/friends');
    assert.deepEqual(payload, [
      { friend: Buffer.from(bob.publicKey).toString('hex'), friendName: 'bob', online: true },
    ]);
  });

  it('passes ordinary Tox messages on', async () => {
    red.send('ann-net', { action: 'send', friend: 'bob', payload: 'waves', messageType: 'action' });
    const msg = await red.wait('bob-out', ({ topic }) => topic === 'tox/message');
    assert.deepEqual([msg.payload, msg.messageType, msg.friendName], ['waves', 'action', 'ann']);
  });

  it('starts as before, also after its session was closed: what was answered is durable', async () => {
    await red.turn('bob-net', 'bob-out', 'disconnect');
    await red.deploy(without(TWO, 'bob-session', 'bob-net'));
    await red.deploy(TWO);
    await managerOf(red, 'bob-session');
    await red.status('statuses', 'bob-net', 'offline');
    await online('bob', false);
    await red.deploy(withChange(TWO, 'bob-net', { atStart: 'online' }), 'nodes');
    await online('bob', true);
    await red.deploy(withChange(TWO, 'bob-net', { atStart: 'offline' }), 'nodes');
    await online('bob', false);
  });

  it('refuses a second transport of a session, which takes over when the first is removed', async () => {
    const second = transport('second-net', 'ann-session', { network: 'other', wires: [['bob-out']] });
    await red.deploy([...TWO, second], 'nodes');
    await red.caught('errors', 'second-net', 'ErrTransportAttached');
    await red.status('statuses', 'second-net', 'error: ErrTransportAttached');
    red.send('second-net', { _msgid: 'second', action: 'disconnect' });
    assert.equal(
      (await red.wait('errors', ({ _msgid }) => _msgid === 'second')).error.code,
      'ErrTransportAttached',
    );
    await online('ann', true);
    await red.deploy([...without(TWO, 'ann-net'), second], 'nodes');
    await red.status('statuses', 'second-net', 'online 0/1');
  });

  it('refuses a second identity of the same name on a network', async () => {
    await red.deploy([
      ...TWO,
      { ...storageNode('twin'), name: 'ann' },
      transport('twin-net', 'twin-session'),
    ]);
    await red.caught('errors', 'twin-net', 'ErrAmbiguousFriend');
    await red.status('statuses', 'twin-net', 'error: ErrAmbiguousFriend');
  });

  it('keeps networks of different names apart', async () => {
    await red.deploy(withChange(TWO, 'bob-net', { network: 'elsewhere' }), 'nodes');
    const ann = await managerOf(red, 'ann-session');
    await until('ann is alone', () => ann.counts().online === 0);
    await online('bob', true);
  });

  it('reports what it does not understand to Catch', async () => {
    red.send('ann-net', { _msgid: 'no action' });
    red.send('ann-net', { _msgid: 'unknown', action: 'fly' });
    for (const id of ['no action', 'unknown']) {
      assert.equal(
        (await red.wait('errors', ({ _msgid }) => _msgid === id)).error.code,
        'ErrInvalidArgument',
      );
    }
  });

  it('tells Catch and Status when no storage-node is chosen', async () => {
    await red.deploy([...TWO, node('tox-transport', 'lost-net', '')], 'nodes');
    await red.caught('errors', 'lost-net', 'ErrNotConfigured');
    await red.status('statuses', 'lost-net', 'error: ErrNotConfigured');
  });
});
