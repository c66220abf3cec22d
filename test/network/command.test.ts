import { describeOnTox } from './support/namespace';
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { EXIT } from '../../bin/exit-codes';
import { node, probe, storageNode, TAB, transport, WATCH } from '../nodes/support/flows';
import { managerOf, NodeRed, sessionOf, type FlowEntry } from '../nodes/support/node-red';
import { BootstrapDaemon } from './support/bootstrap-daemon';
import { CommandProcess } from './support/command-process';
import { CONNECT_MS } from './support/until';

const FLOW: FlowEntry[] = [
  TAB,
  ...WATCH,
  storageNode('device'),
  transport('device-net', 'device-session', {
    mode: 'libtoxcore',
    bootstrap: 'first-nodes.json',
    wires: [['device-out']],
  }),
  probe('device-out'),
  node('send-async', 'send', 'device-session', { friend: 'Phone', wires: [['receipts'], ['outcomes']] }),
  probe('receipts'),
  probe('outcomes'),
  node('receive-async', 'receive', 'device-session', { wires: [['received']] }),
  probe('received'),
];

/** A device in Node-RED, and a phone that is nothing but the command. */
describeOnTox('tox-async, on real Tox', function () {
  this.timeout(3 * CONNECT_MS);
  let daemon: BootstrapDaemon;
  let red: NodeRed;
  let folder: string;
  let serving: CommandProcess;
  const started: CommandProcess[] = [];

  const phone = (...args: string[]) => {
    const env = {
      TOX_ASYNC_DATA: path.join(folder, 'phone'),
      TOX_ASYNC_BOOTSTRAP: path.join(folder, 'nodes.json'),
    };
    const command = new CommandProcess(args, env);
    started.push(command);
    return command;
  };
  const done = async (command: CommandProcess) => {
    assert.equal(await command.ended(), EXIT.ok, command.err);
    return command.out;
  };

  before(async () => {
    daemon = await BootstrapDaemon.start();
    folder = await mkdtemp(path.join(os.tmpdir(), 'tox-command-'));
    const nodes = JSON.stringify({ nodes: [daemon.node] });
    await writeFile(path.join(folder, 'nodes.json'), nodes);
    red = await NodeRed.start([TAB, ...WATCH]);
    await writeFile(path.join(red.userDir, 'first-nodes.json'), nodes);
    await red.deploy(FLOW);
  });

  after(async () => {
    await Promise.all(started.map((command) => command.terminate()));
    await red.stop();
    await daemon.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('accepts the request of a device while it serves', async () => {
    const toxId = (await done(phone('init'))).trim();
    serving = phone('serve');
    await serving.says(/Serving/);
    red.send('device-net', { action: 'add-friend', friend: toxId, name: 'Phone', message: 'The sensor' });
    const offer = await serving.says(/friends accept [0-9a-f]{64}/, CONNECT_MS);
    assert.match(serving.out, /Friend request from [0-9a-f]{64}: "The sensor"/);
    const [, , key = ''] = offer.split(' ');
    assert.match(await done(phone('friends')), /asks to be a friend: "The sensor"/);
    await done(phone('friends', 'accept', key, '--name', 'Device'));
    const isOnline = (msg: { topic?: unknown; payload?: unknown }) =>
      msg.topic === 'tox/status' && msg.payload === true;
    await red.wait('device-out', isOnline, CONNECT_MS);
  });

  it('is alerted by the device, and answers', async () => {
    const device = await managerOf(red, 'device-session');
    const [friend] = device.friends();
    assert.ok(friend);
    await device.waitForKeys(friend.publicKey);
    const receiving = phone('receive', '--json', '--once');
    red.send('send', { _msgid: 'alert', payload: { leak: 4.5 }, topic: 'cellar' });
    const message = JSON.parse(await done(receiving)) as Record<string, unknown>;
    assert.deepEqual([message.friendName, message.topic, message.json], ['Device', 'cellar', { leak: 4.5 }]);
    const isDelivered = (msg: { _msgid?: unknown; payload?: unknown }) =>
      msg._msgid === 'alert' && msg.payload === 'delivered';
    await red.wait('outcomes', isDelivered, CONNECT_MS);

    assert.equal(await done(phone('send', 'Device', 'Pump on', '--wait', 'delivered')), 'delivered\n');
    await red.wait('received', ({ payload }) => payload === 'Pump on', CONNECT_MS);
  });

  it('finds nothing wrong, and asks Node-RED for the state of the device', async () => {
    assert.match(await done(phone('doctor', 'Device')), /^ok +Device is online/m);
    const { dataDir } = sessionOf(red, 'device-session').settings;
    const status = JSON.parse(await done(phone('status', '--json', '--data', dataDir))) as {
      running: { pid: number };
      friends: { name: string; online: boolean }[];
    };
    assert.equal(status.running.pid, process.pid);
    assert.deepEqual(
      status.friends.map(({ name, online }) => [name, online]),
      [['Phone', true]],
    );
  });

  it('stops in order when the system ends it, and sends again by itself', async () => {
    assert.equal(await serving.terminate(), EXIT.ok, serving.err);
    assert.match(serving.out, /health online=yes/);
    const sent = phone('send', 'Device', 'Good night', '--wait', 'delivered', '--timeout', '120');
    assert.equal(await done(sent), 'delivered\n');
    await red.wait('received', ({ payload }) => payload === 'Good night', CONNECT_MS);
  });
});
