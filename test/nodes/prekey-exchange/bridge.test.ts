import assert from 'node:assert/strict';
import { toHex } from '../../../lib/index';
import { formatToxId } from '../../../lib/identity/tox-id';
import { ForeignNetwork } from '../support/foreign-node';
import { node, probe, storageNode, TAB, transport, WATCH, without } from '../support/flows';
import { managerOf, NodeRed, until, type FlowEntry } from '../support/node-red';

const STRANGER = 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f';
const LISTED = '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a';
const LISTED_ID = formatToxId(new Uint8Array(Buffer.from(LISTED, 'hex')), Uint8Array.of(1, 2, 3, 4));

function side(name: string, more: Record<string, unknown> = {}): FlowEntry[] {
  return [
    storageNode(name, more),
    node('prekey-exchange', `${name}-bridge`, `${name}-session`, {
      bridge: true,
      wires: [[`${name}-foreign`, `${name}-wire`], [`${name}-events`]],
    }),
    { id: `${name}-foreign`, type: 'foreign', z: 'tab', x: 0, y: 0, wires: [[`${name}-bridge`]] },
    probe(`${name}-wire`),
    probe(`${name}-events`),
  ];
}

const FLOW = [
  TAB,
  ...WATCH,
  ...side('ann', { friends: [{ name: 'Listed', key: LISTED_ID }] }),
  ...side('bob'),
  node('send-async', 'send', 'ann-session', { friend: '', wires: [[], ['outcomes']] }),
  node('receive-async', 'receive', 'bob-session', { wires: [['received']] }),
  probe('outcomes'),
  probe('received'),
];

describe('prekey-exchange as a bridge', function () {
  const network = new ForeignNetwork();
  let red: NodeRed;
  let bob: string;

  const manager = (name: string) => managerOf(red, `${name}-session`);
  /** What a message of the transport comes to at Catch. */
  const refusal = async (msg: Record<string, unknown>, at = 'ann-bridge') => {
    const _msgid = `refused ${Math.random()}`;
    red.send(at, { ...msg, _msgid });
    return (await red.wait('errors', (each) => each._msgid === _msgid)).error.code;
  };
  const identify = async (name: string) => {
    network.identify(`${name}-foreign`, toHex((await manager(name)).publicKey));
  };
  const meet = async () => {
    const [a, b] = [await manager('ann'), await manager('bob')];
    await until(
      'they meet',
      () =>
        a.friends().some(({ session }) => session) &&
        a.canSendAsyncMessage(b.publicKey) &&
        b.friends().some(({ session }) => session),
    );
  };

  before(async () => {
    red = await NodeRed.start(FLOW, undefined, network.module);
  });
  after(() => red.stop());

  it('asks once the flows run, and has no transport until it was answered', async () => {
    const sync = await red.wait('ann-wire', ({ topic }) => topic === 'tox/sync');
    assert.match(String(sync.session), /^[0-9a-f]{16}$/);
    await red.status('statuses', 'ann-bridge', 'no transport');
    assert.equal(await refusal({ topic: 'tox/status', friend: STRANGER, payload: true }), 'ErrNotConnected');
  });

  it('refuses a transport of another identity, says so, and asks on', async () => {
    network.identify('ann-foreign', STRANGER);
    await red.caught('errors', 'ann-bridge', 'ErrIdentityMismatch');
    await red.status('statuses', 'ann-bridge', 'error: ErrIdentityMismatch');
    await identify('ann');
    const ann = await manager('ann');
    await until('ann is online', () => ann.isOnline());
  });

  it('carries keys and messages between two sessions', async () => {
    await identify('bob');
    // Who is a friend the transport says in its state: this one hears of Bob in the next.
    await red.deploy(FLOW);
    await meet();
    bob = toHex((await manager('bob')).publicKey);
    red.send('send', { _msgid: 'hello', payload: 'over the wire', friend: bob });
    const received = await red.wait('received', ({ payload }) => payload === 'over the wire');
    assert.equal(received.via, 'direct');
    await red.wait('outcomes', ({ _msgid, payload }) => _msgid === 'hello' && payload === 'delivered');
    await red.status('statuses', 'bob-bridge', '100 keys');
    const packet = await red.wait('ann-wire', ({ topic }) => topic === 'tox/packet');
    assert.ok(Buffer.isBuffer(packet.payload));
    assert.equal(packet.friend, bob);
  });

  it('tells of keys at its second output only, and talks to the transport at its first only', async () => {
    await red.wait('ann-events', ({ topic }) => topic === 'keys/exchanged');
    red.send('ann-bridge', { _msgid: 'status', action: 'status', topic: 'tox/anything' });
    const answer = await red.wait('ann-events', ({ _msgid }) => _msgid === 'status');
    assert.equal(answer.topic, 'status');
    assert.ok(red.probes.all('ann-wire').every(({ topic }) => topic.startsWith('tox/')));
    assert.ok(red.probes.all('ann-events').every(({ topic }) => !topic.startsWith('tox/')));
  });

  it('asks for the friends in the dialog’s list that the transport does not have, by Tox ID', async () => {
    const asked = await red.wait('ann-wire', ({ topic }) => topic === 'tox/add-friend');
    assert.deepEqual([asked.friend, asked.toxId], [LISTED, LISTED_ID]);
  });

  it('leaves a friend request to the flow, which accepts it by a message', async () => {
    red.send('ann-bridge', { topic: 'tox/request', friend: STRANGER, payload: 'it is me' });
    const request = await red.wait('ann-events', ({ topic }) => topic === 'tox/request');
    assert.deepEqual([request.friend, request.payload], [STRANGER, 'it is me']);
    const ann = await manager('ann');
    assert.equal(
      ann.friends().some(({ publicKey }) => toHex(publicKey) === STRANGER),
      false,
    );
    red.send('ann-bridge', { topic: 'tox/add-friend', friend: STRANGER, name: 'Visitor' });
    await red.wait('ann-wire', ({ topic, friend }) => topic === 'tox/add-friend' && friend === STRANGER);
    assert.equal(ann.nameOf(ann.resolveFriend('Visitor')), 'Visitor');
  });

  it('reports what is wrong with a message to Catch, and goes on', async () => {
    const self = toHex((await manager('ann')).publicKey);
    const wrong: [Record<string, unknown>, string][] = [
      [{ topic: 'tox/nonsense' }, 'ErrInvalidArgument'],
      [{ topic: 'tox/packet', friend: bob, payload: 'text' }, 'ErrInvalidArgument'],
      [{ topic: 'tox/packet', friend: bob, payload: Buffer.alloc(1374, 177) }, 'ErrInvalidArgument'],
      [{ topic: 'tox/packet', friend: 'ab'.repeat(31), payload: Buffer.from([177]) }, 'ErrInvalidKey'],
      [{ topic: 'tox/status', friend: LISTED, payload: true }, 'ErrUnknownFriend'],
      [{ topic: 'tox/status', friend: bob }, 'ErrInvalidArgument'],
      [{ topic: 'tox/state', self, online: true }, 'ErrInvalidArgument'],
      [{ topic: 'tox/message', friend: bob, payload: 'x'.repeat(1373) }, 'ErrMessageTooLarge'],
      [{ topic: 'tox/add-friend' }, 'ErrInvalidArgument'],
    ];
    for (const [msg, code] of wrong) assert.equal(await refusal(msg), code, JSON.stringify(msg));
    red.send('send', { _msgid: 'after', payload: 'still there', friend: bob });
    await red.wait('received', ({ payload }) => payload === 'still there');
  });

  it('takes ordinary Tox messages for its session', async () => {
    red.send('bob-bridge', {
      topic: 'tox/message',
      friend: toHex((await manager('ann')).publicKey),
      payload: 'waves',
      messageType: 'action',
    });
    const msg = await red.wait('received', ({ payload }) => payload === 'waves');
    assert.deepEqual([msg.via, msg.messageType], ['tox', 'action']);
  });

  it('starts over when the transport does: friends are gone until it is asked and answers', async () => {
    red.probes.clear('ann-wire');
    const ann = await manager('ann');
    red.send('ann-bridge', {
      topic: 'tox/state',
      self: toHex(ann.publicKey),
      online: true,
      friends: [],
      can: [],
    });
    await until('ann is offline', () => !ann.isOnline());
    await red.wait('ann-wire', ({ topic }) => topic === 'tox/sync');
    await meet();
  });

  it('meets again after a full redeploy', async () => {
    red.probes.clear('ann-wire');
    await red.deploy(FLOW);
    await red.wait('ann-wire', ({ topic }) => topic === 'tox/sync');
    await meet();
    red.send('send', { _msgid: 'again', payload: 'after a redeploy', friend: bob });
    await red.wait('received', ({ payload }) => payload === 'after a redeploy');
  });

  it('refuses a second bridge and a tox-transport on its session', async () => {
    await red.deploy(
      [
        ...FLOW,
        node('prekey-exchange', 'second', 'ann-session', { bridge: true, wires: [['second-wire'], []] }),
        probe('second-wire'),
        transport('net', 'bob-session'),
      ],
      'nodes',
    );
    await red.caught('errors', 'second', 'ErrTransportAttached');
    await red.status('statuses', 'second', 'error: ErrTransportAttached');
    await red.caught('errors', 'net', 'ErrTransportAttached');
    assert.equal(
      await refusal({ topic: 'tox/status', friend: bob, payload: true }, 'second'),
      'ErrTransportAttached',
    );
    assert.deepEqual(red.probes.all('second-wire'), []);
  });

  it('gives the place to a tox-transport when it is removed', async () => {
    await red.deploy(
      [...without(FLOW, 'bob-bridge', 'bob-foreign'), transport('net', 'bob-session')],
      'nodes',
    );
    await red.status('statuses', 'net', 'online 0/1');
  });

  it('takes no messages of a transport while it is no bridge', async () => {
    await red.deploy(
      [...FLOW, node('prekey-exchange', 'plain', 'ann-session', { wires: [[], []] })],
      'nodes',
    );
    assert.equal(await refusal({ topic: 'tox/state' }, 'plain'), 'ErrInvalidArgument');
  });
});
