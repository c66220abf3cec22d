import { describeOnTox } from './support/namespace';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ToxcoreTransport } from '../../lib/index';
import { node, probe, storageNode, TAB, transport, WATCH, withChange } from '../nodes/support/flows';
import { managerOf, NodeRed, sessionOf, type FlowEntry } from '../nodes/support/node-red';
import type { Seen } from '../nodes/support/probe';
import { BootstrapDaemon } from './support/bootstrap-daemon';
import { CONNECT_MS, until } from './support/until';

const FLOW: FlowEntry[] = [
  TAB,
  ...WATCH,
  ...['device', 'phone'].flatMap((name) => [
    storageNode(name),
    transport(`${name}-net`, `${name}-session`, {
      mode: 'libtoxcore',
      bootstrap: 'first-nodes.json',
      wires: [[`${name}-out`]],
    }),
    probe(`${name}-out`),
  ]),
  node('send-async', 'send', 'device-session', { friend: 'Phone', wires: [['receipts'], ['outcomes']] }),
  probe('receipts'),
  probe('outcomes'),
  node('receive-async', 'receive', 'phone-session', { wires: [['received']] }),
  probe('received'),
];

/** One connection for all of it: a connection takes 10 s, sometimes more. */
describeOnTox('tox-transport in Node-RED, on real Tox', function () {
  this.timeout(CONNECT_MS + 10_000);
  let daemon: BootstrapDaemon;
  let red: NodeRed;

  const hears = (name: string, matches: (msg: Seen) => boolean) =>
    red.wait(`${name}-out`, matches, CONNECT_MS);
  const childOf = (name: string) => {
    const { transport: slot } = sessionOf(red, `${name}-session`);
    return (slot.connection?.tox as ToxcoreTransport).childPid;
  };

  before(async () => {
    daemon = await BootstrapDaemon.start();
    red = await NodeRed.start([TAB, ...WATCH]);
    await writeFile(path.join(red.userDir, 'first-nodes.json'), JSON.stringify({ nodes: [daemon.node] }));
    await red.deploy(FLOW);
  });

  after(async () => {
    await red.stop();
    await daemon.stop();
  });

  it('makes two strangers friends: one asks, the flow of the other accepts', async () => {
    const phone = await managerOf(red, 'phone-session');
    const ask = { action: 'add-friend', friend: phone.toxId, name: 'Phone', message: 'It is me, the sensor' };
    red.send('device-net', { _msgid: 'ask', ...ask });
    await hears('device', ({ _msgid }) => _msgid === 'ask');
    const request = await hears('phone', ({ topic }) => topic === 'tox/request');
    assert.equal(request.payload, 'It is me, the sensor');
    const device = await managerOf(red, 'device-session');
    assert.equal(request.friend, Buffer.from(device.publicKey).toString('hex'));
    red.send('phone-net', { ...request, action: 'accept', name: 'Device' });
    for (const name of ['device', 'phone']) {
      const status = await hears(name, ({ topic, payload }) => topic === 'tox/status' && payload === true);
      assert.equal(status.friendName, name === 'phone' ? 'Device' : 'Phone');
      await red.status('statuses', `${name}-net`, 'online 1/1');
    }
  });

  it('carries messages and actions at once, both ways', async () => {
    red.send('device-net', { action: 'send', friend: 'Phone', payload: 'Grüße', messageType: 'normal' });
    const message = await hears('phone', ({ topic }) => topic === 'tox/message');
    assert.deepEqual(
      [message.payload, message.messageType, message.friendName],
      ['Grüße', 'normal', 'Device'],
    );
    red.send('phone-net', { ...message, action: 'send', payload: 'waves', messageType: 'action' });
    const answer = await hears('device', ({ topic }) => topic === 'tox/message');
    assert.deepEqual([answer.payload, answer.messageType], ['waves', 'action']);
  });

  it('shows friends the name and status that a flow sets', async () => {
    red.send('phone-net', { action: 'set-name', payload: 'Pocket' });
    red.send('phone-net', { action: 'set-status', status: 'busy', payload: 'in a meeting' });
    const seen = async () => {
      const _msgid = `list ${Math.random()}`;
      red.send('device-net', { _msgid, action: 'list-friends' });
      const { payload } = await hears('device', (msg) => msg._msgid === _msgid);
      const [{ ownName, statusMessage, status }] = payload as [Record<string, unknown>];
      return [ownName, statusMessage, status].join();
    };
    // Tox tells friends the three one by one.
    await until('all are seen', async () => (await seen()) === 'Pocket,in a meeting,busy');
  });

  it('carries an alert, which is delivered', async () => {
    red.send('send', { _msgid: 'alert', payload: 'Leak!' });
    const { payload, via } = await red.wait('received', (msg) => msg.payload === 'Leak!', CONNECT_MS);
    assert.deepEqual([payload, via], ['Leak!', 'direct']);
    await red.wait('outcomes', (msg) => msg._msgid === 'alert' && msg.payload === 'delivered', CONNECT_MS);
  });

  it('keeps process and connection through full and partial redeploys', async () => {
    const before = ['device', 'phone'].map(childOf);
    assert.ok(before.every((pid) => pid !== undefined));
    const heard = red.probes.all('device-out').length;
    for (const type of ['full', 'flows', 'nodes'] as const) {
      await red.deploy(withChange(FLOW, 'receive', { name: type }), type);
    }
    red.send('phone-net', { action: 'send', friend: 'Device', payload: 'still here' });
    await hears('device', ({ payload }) => payload === 'still here');
    assert.deepEqual(['device', 'phone'].map(childOf), before);
    const since = red.probes.all('device-out').slice(heard);
    assert.deepEqual(
      since.filter(({ topic }) => topic === 'tox/status'),
      [],
    );
  });

  it('goes offline when asked to, which friends see at once, and comes back', async () => {
    red.probes.clear('device-out');
    assert.equal((await red.turn('phone-net', 'phone-out', 'disconnect')).payload, false);
    assert.equal(childOf('phone'), undefined, 'the process has ended');
    await hears('device', ({ topic, payload }) => topic === 'tox/status' && payload === false);
    await red.turn('phone-net', 'phone-out', 'connect');
    await hears('device', ({ topic, payload }) => topic === 'tox/status' && payload === true);
  });
});
