import { describeOnTox } from './support/namespace';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fromHex, toHex } from '../../lib/bytes';
import { RecordingHandler } from '../../lib/testing/transport/recording-handler';
import { coreNode, exampleFlow } from '../nodes/support/example-flow';
import { TAB, WATCH } from '../nodes/support/flows';
import { managerOf, NodeRed, type FlowEntry } from '../nodes/support/node-red';
import { BootstrapDaemon } from './support/bootstrap-daemon';
import { ToxParty } from './support/tox-party';
import { CONNECT_MS, until } from './support/until';

const NETWORK = { bootstrap: 'first-nodes.json' };
const Z = 'relay-to-a-phone';
const CORE = [
  'common/20-inject',
  'common/25-catch',
  'common/60-link',
  'function/10-switch',
  'function/15-change',
];

/** The device that alerts: the example is the Pi's alone. */
const DEVICE: FlowEntry[] = [
  { id: 'device', type: 'storage-node', name: 'Device' },
  {
    id: 'device-net',
    type: 'tox-transport',
    z: Z,
    storageNode: 'device',
    mode: 'libtoxcore',
    ...NETWORK,
    wires: [[]],
  },
  {
    id: 'device-out',
    type: 'send-async',
    z: Z,
    storageNode: 'device',
    friend: 'Relay',
    wires: [[], ['told']],
  },
  { id: 'told', type: 'probe', z: Z, wires: [] },
];

/** The example as it is shipped, except for the way into the network, the phone's Tox ID, and probes for Debug nodes. */
function flow(phone: string): FlowEntry[] {
  const entries = exampleFlow('21-relay-to-a-phone')
    .filter(({ type }) => type !== 'comment')
    .map((entry): FlowEntry => {
      if (entry.type === 'debug') return { ...entry, type: 'probe' };
      if (entry.type === 'tox-transport') return { ...entry, ...NETWORK };
      if (entry.id !== 'rp-add') return entry;
      const props = entry.props as { p: string }[];
      return { ...entry, props: props.map((prop) => (prop.p === 'friend' ? { ...prop, v: phone } : prop)) };
    });
  return [...entries, ...DEVICE];
}

describeOnTox('The example relay-to-a-phone, on real Tox', function () {
  // Three connections, and a while until it is clear that the phone is an ordinary client.
  this.timeout(4 * CONNECT_MS);
  let daemon: BootstrapDaemon;
  let red: NodeRed;
  let phone: ToxParty;
  const heard: string[] = [];

  before(async () => {
    daemon = await BootstrapDaemon.start();
    phone = new ToxParty({ bootstrap: [daemon.node] });
    red = await NodeRed.start([TAB, ...WATCH], undefined, ...CORE.map(coreNode));
    await writeFile(path.join(red.userDir, NETWORK.bootstrap), JSON.stringify({ nodes: [daemon.node] }));
  });

  after(async () => {
    await red.stop();
    await phone.transport.stop();
    await daemon.stop();
  });

  it('passes a sealed alert on to an ordinary Tox client, and acknowledges it only then', async () => {
    const handler = new RecordingHandler();
    handler.onMessage = (_friend, type, text) => heard.push(`${type} ${text}`);
    await phone.transport.start(handler);
    await red.deploy(flow(phone.transport.toxId));
    const relay = await managerOf(red, 'rp-pi');

    const asked = new Promise<string>((resolve) => {
      phone.transport.events.on('friend-request', ({ publicKey }) => resolve(toHex(publicKey)));
    });
    red.send('rp-add', {});
    assert.equal(await asked, toHex(relay.publicKey));

    red.send('device-net', { action: 'add-friend', friend: relay.toxId, name: 'Relay', message: 'It is me' });
    const { friend } = await red.wait('rp-asks', undefined, CONNECT_MS);
    const device = await managerOf(red, 'device');
    assert.equal(friend, toHex(device.publicKey));
    red.send('rp-accept', {});

    // The phone has not accepted yet, so the alert is sealed for the Pi and waits in its inbox.
    await until('device and relay gave each other keys', () => device.canSendAsyncMessage(relay.publicKey));
    red.send('device-out', { payload: 'Leak in the cellar' });
    await red.wait('told', ({ payload }) => payload === 'delivered', CONNECT_MS);
    assert.equal(relay.snapshot().inbox.length, 1);
    assert.deepEqual(heard, []);

    await phone.transport.acceptFriend(fromHex(toHex(relay.publicKey))!);
    await until('the phone has it', () => heard.length > 0);
    assert.deepEqual(heard, ['normal Device: Leak in the cellar']);
    await red.wait('rp-outcome', ({ payload }) => payload === 'delivered', CONNECT_MS);
    await until('it is acknowledged', () => relay.snapshot().inbox.length === 0);

    await phone.transport.sendMessage(relay.publicKey, 'normal', 'Thanks');
    assert.equal((await red.wait('rp-said', undefined, CONNECT_MS)).payload, 'Thanks');
  });
});
