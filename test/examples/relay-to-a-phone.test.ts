import assert from 'node:assert/strict';
import { toHex, type AsyncManager, type PublicKey } from '../../lib/index';
import { startExample } from '../nodes/support/example-flow';
import { FakeTox, short, stranger } from '../nodes/support/fake-tox';
import { managerOf, until, type FlowEntry, type NodeRed } from '../nodes/support/node-red';

describe('The example flow relay-to-a-phone', function () {
  // That a friend's client is an ordinary one is clear after a while without an answer.
  this.timeout(120_000);
  let red: NodeRed;
  let tox: FakeTox;
  let manager: AsyncManager;
  let device: FakeTox;
  const phone = stranger();

  before(async () => {
    const made: FakeTox[] = [];
    red = await startExample('21-relay-to-a-phone', {
      core: [
        'common/20-inject',
        'common/25-catch',
        'common/60-link',
        'function/10-switch',
        'function/15-change',
      ],
      make: (options) => {
        made.push(new FakeTox(options, []));
        return made.at(-1)!;
      },
      // The one thing to fill in.
      change: (entry) =>
        entry.id === 'rp-add'
          ? { ...entry, props: (entry.props as { p: string }[]).map(filledIn(phone.toxId)) }
          : entry,
      also: DEVICE,
    });
    manager = await managerOf(red, 'rp-pi');
    const alerting = await managerOf(red, 'device');
    await until('both run', () => made.length === 2 && made.every(({ running }) => running));
    const withKey = (key: PublicKey) => made.find(({ self }) => toHex(self) === toHex(key))!;
    [tox, device] = [withKey(manager.publicKey), withKey(alerting.publicKey)];
    tox.connect();
    device.connect();
  });

  after(() => red.stop());

  const waiting = () => manager.snapshot().inbox.length;
  const sent = () => tox.calls.filter((call) => call.startsWith(`send ${short(phone.publicKey)}`));

  it('adds the phone, and accepts the device that asked', async () => {
    red.send('rp-add', {});
    await until('the phone is asked', () =>
      tox.calls.includes(`request ${short(phone.publicKey)} I pass alerts on. Please add me.`),
    );
    red.send('device-net', { action: 'add-friend', friend: tox.toxId, name: 'Relay' });
    await until('the relay is asked', () =>
      device.calls.some((call) => call.startsWith(`request ${short(tox.self)}`)),
    );
    tox.ask(device.self, 'It is me');
    const { friend } = await red.wait('rp-asks');
    assert.equal(friend, toHex(device.self));
    red.send('rp-accept', {});
    await until('the device is a friend', () => tox.calls.includes(`accept ${short(device.self)}`));
  });

  it('acknowledges a sealed alert only when the phone has confirmed it', async () => {
    tox.join(device);
    red.send('device-out', { payload: 'Leak in the cellar' });
    await until('it is with the relay', () => waiting() === 1);
    const { via } = manager.snapshot().inbox[0]!;
    assert.equal(via, 'direct', 'not an ordinary message');
    assert.ok(!device.calls.some((call) => call.startsWith('send')));
    tox.confirms = false;
    tox.meet(phone.publicKey);
    await until('it was sent', () => sent().length > 0, 90_000);
    assert.equal(waiting(), 1);
    assert.deepEqual(
      red.probes.all('rp-outcome').filter(({ payload }) => payload === 'delivered'),
      [],
    );
    tox.meet(phone.publicKey, false);
    tox.confirms = true;
    tox.meet(phone.publicKey);
    await red.wait('rp-outcome', ({ payload }) => payload === 'delivered', 90_000);
    await until('it is acknowledged', () => waiting() === 0);
    assert.ok(sent().every((call) => call.endsWith('normal Device: Leak in the cellar')));
    assert.deepEqual(red.probes.all('rp-error'), []);
  });

  it('shows what the phone writes, and does not pass it on', async () => {
    const before = sent().length;
    tox.say(phone.publicKey, 'normal', 'Thanks');
    const said = await red.wait('rp-said');
    assert.equal(said.payload, 'Thanks');
    assert.equal(sent().length, before);
  });
});

/** The device is of the test: the example is the Pi's alone. */
const DEVICE: FlowEntry[] = [
  { id: 'device', type: 'storage-node', name: 'Device' },
  {
    id: 'device-net',
    type: 'tox-transport',
    z: 'relay-to-a-phone',
    storageNode: 'device',
    mode: 'libtoxcore',
    wires: [[]],
  },
  {
    id: 'device-out',
    type: 'send-async',
    z: 'relay-to-a-phone',
    storageNode: 'device',
    friend: 'Relay',
    wires: [[], []],
  },
];

const filledIn = (toxId: string) => (prop: { p: string }) =>
  prop.p === 'friend' ? { ...prop, v: toxId } : prop;
