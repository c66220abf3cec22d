import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { node, probe, THREE, withChange, without } from './support/flows';
import { managerOf, met, NodeRed, until } from './support/node-red';

const SESSIONS = ['device-session', 'phone-session', 'home-session'];
const BY_MESSAGE = withChange(THREE, 'receive', { acknowledge: 'message' });

describe('receive-async', function () {
  let red: NodeRed;

  const send = (payload: string) => red.send('send', { payload, friend: 'phone' });
  const got = (at: string, payload: string) => red.wait(at, (msg) => msg.payload === payload);
  const times = (at: string, payload: string) => red.probes.all(at).filter((msg) => msg.payload === payload);
  const waiting = async (number: number) => {
    const phone = await managerOf(red, 'phone-session');
    await until(`${number} messages wait`, () => phone.counts().waiting === number);
  };
  /** Long enough for a copy that must not come to come. */
  const noMore = () => delay(150);

  before(async () => {
    red = await NodeRed.start(THREE);
    await met(red, ...SESSIONS);
  });

  afterEach(() => red.deploy(THREE, 'nodes'));

  after(() => red.stop());

  it('says who sent what, when, and how it came', async () => {
    const before = Date.now();
    send('Leak!');
    const msg = await got('received', 'Leak!');
    const device = await managerOf(red, 'device-session');
    const { receipt } = await red.wait('receipts', ({ payload }) => payload === 'Leak!');
    assert.deepEqual(Object.keys(msg).sort(), [
      '_msgid',
      'friend',
      'friendName',
      'messageId',
      'messageType',
      'payload',
      'receivedAt',
      'sentAt',
      'topic',
      'via',
    ]);
    assert.equal(msg.friend, Buffer.from(device.publicKey).toString('hex'));
    assert.equal(msg.friendName, 'device');
    assert.equal(msg.topic, 'device');
    assert.equal(msg.messageId, receipt.messageId);
    assert.equal(msg.messageType, 'normal');
    assert.equal(msg.via, 'direct');
    for (const time of [msg.sentAt, msg.receivedAt]) {
      // The time of sending travels in whole seconds.
      assert.ok(typeof time === 'number' && time > before - 1_000 && time <= Date.now());
    }
  });

  it('keeps what no node accepts, says so, and hands it over when one does', async () => {
    await red.deploy(withChange(THREE, 'receive', { friend: 'home' }), 'nodes');
    send('for whom?');
    await waiting(1);
    await red.status('statuses', 'receive', '1 waiting');
    assert.equal(times('received', 'for whom?').length, 0);
    await red.deploy(withChange(THREE, 'receive', { friend: 'device' }), 'nodes');
    assert.equal((await got('received', 'for whom?')).redelivered, undefined);
  });

  it('filters by the way a message came', async () => {
    await red.deploy(withChange(THREE, 'receive', { via: 'stored' }), 'nodes');
    send('not stored');
    await waiting(1);
    await red.deploy(withChange(THREE, 'receive', { via: 'direct' }), 'nodes');
    await got('received', 'not stored');
  });

  it('filters by topic, which is the name of the friend where there is none', async () => {
    await red.deploy(withChange(THREE, 'receive', { topic: 'garden/+/temperature' }), 'nodes');
    red.send('send', { payload: 'cold', friend: 'phone', topic: 'garden/north/temperature' });
    await got('received', 'cold');
    red.send('send', { payload: 'wet', friend: 'phone', topic: 'garden/north/rain' });
    red.send('send', { payload: 'whose?', friend: 'phone' });
    await waiting(2);
    await red.deploy(withChange(THREE, 'receive', { topic: 'device' }), 'nodes');
    assert.equal((await got('received', 'whose?')).redelivered, undefined);
    await red.deploy(withChange(THREE, 'receive', { topic: 'garden/#' }), 'nodes');
    assert.equal((await got('received', 'wet')).redelivered, undefined);
  });

  it('gives payloads in the form that the node wants', async () => {
    await red.deploy(withChange(THREE, 'receive', { format: 'string' }), 'nodes');
    red.send('send', { payload: { level: 7 }, friend: 'phone' });
    await got('received', '{"level":7}');
  });

  it('gives the messages of all sessions, says which one has each, and takes their acknowledgements', async () => {
    const all = { storageNode: '', sessions: 'all', acknowledge: 'message' };
    const flow = withChange(THREE, 'receive', all);
    await red.deploy(flow, 'nodes');
    const [toPhone, toHome] = [
      { payload: 'for the phone', friend: 'phone' },
      { payload: 'for the house', friend: 'home' },
    ];
    red.send('send', toPhone);
    red.send('send', toHome);
    const atPhone = await got('received', 'for the phone');
    const atHome = await got('received', 'for the house');
    assert.deepEqual([atPhone.session, atHome.session], ['phone', 'home']);
    red.send('receive', { action: 'ack', messageId: atHome.messageId, session: 'phone' });
    red.send('receive', { action: 'ack', messageId: atPhone.messageId, session: 'phone' });
    await noMore();
    red.send('receive', { action: 'retrieve', again: true });
    await red.wait('received', (msg) => msg.payload === 'for the house' && msg.redelivered === true);
    await noMore();
    assert.equal(times('received', 'for the phone').length, 1);
    red.send('receive', { action: 'ack', messageId: atHome.messageId, session: 'home' });

    // A session that comes later, as a changed one does.
    await red.deploy(withChange(flow, 'phone-session', { cap: 32 }), 'nodes');
    send('to the new one');
    const { messageId, session } = await got('received', 'to the new one');
    assert.equal(session, 'phone');
    red.send('receive', { action: 'ack', messageId, session });
    await noMore();
    assert.deepEqual(red.probes.all('errors'), []);
  });

  it('gives every node that accepts a message a copy, also on another tab', async () => {
    const second = [
      ...THREE,
      { id: 'tab-2', type: 'tab', label: 'second' },
      { ...node('receive-async', 'receive-2', 'phone-session', { wires: [['received-2']] }), z: 'tab-2' },
      { ...probe('received-2'), z: 'tab-2' },
    ];
    await red.deploy(second, 'nodes');
    send('to both');
    await Promise.all([got('received', 'to both'), got('received-2', 'to both')]);
    await noMore();
    assert.equal(times('received', 'to both').length, 1);
    assert.equal(times('received-2', 'to both').length, 1);
  });

  it('by message: keeps a message until its acknowledgement comes back', async () => {
    await red.deploy(BY_MESSAGE, 'nodes');
    send('keep me');
    const { messageId } = await got('received', 'keep me');

    red.send('receive', { action: 'retrieve', again: true });
    const again = await red.wait(
      'received',
      (msg) => msg.messageId === messageId && msg.redelivered === true,
    );
    assert.equal(again.payload, 'keep me');

    red.send('receive', { action: 'ack', messageId });
    red.send('receive', { action: 'ack', messageId });
    await noMore();
    red.send('receive', { action: 'retrieve', again: true });
    await noMore();
    assert.equal(times('received', 'keep me').length, 2);
    assert.deepEqual(red.probes.all('errors'), []);
  });

  it('by message: a redeploy of the node brings what it has not acknowledged once more', async () => {
    await red.deploy(BY_MESSAGE, 'nodes');
    send('again');
    const first = await got('received', 'again');
    assert.equal(first.redelivered, undefined);
    await red.deploy(withChange(BY_MESSAGE, 'receive', { name: 'renamed' }), 'nodes');
    await red.wait('received', (msg) => msg.payload === 'again' && msg.redelivered === true);
    red.send('receive', { action: 'ack', messageId: first.messageId });
    await noMore();
    await red.deploy(BY_MESSAGE, 'full');
    await noMore();
    assert.equal(times('received', 'again').length, 2);
  });

  it('by message: the word of a removed node no longer counts', async () => {
    const two = [...BY_MESSAGE, node('receive-async', 'other', 'phone-session', { acknowledge: 'message' })];
    await red.deploy(two, 'nodes');
    send('two');
    const { messageId } = await got('received', 'two');
    red.send('receive', { action: 'ack', messageId });
    await noMore();
    await red.deploy(BY_MESSAGE, 'nodes');
    await noMore();
    const phone = await managerOf(red, 'phone-session');
    assert.deepEqual(phone.sendersOf(Buffer.from(messageId, 'hex')), [], 'the entry is erased');
  });

  it('asks the nodes for mail when a message asks for it', async () => {
    red.send('receive', { _msgid: 'ask', action: 'retrieve' });
    send('after');
    await got('received', 'after');
    assert.deepEqual(red.probes.all('errors'), []);
  });

  it('reports an action it does not know, an id that is none and a malformed friend to Catch', async () => {
    red.send('receive', { _msgid: 'unknown', action: 'dance' });
    red.send('receive', { _msgid: 'none' });
    red.send('receive', { _msgid: 'id', action: 'ack', messageId: 'abc' });
    for (const id of ['unknown', 'none', 'id']) {
      const { error } = await red.wait('errors', ({ _msgid }) => _msgid === id);
      assert.equal(error.code, 'ErrInvalidArgument');
    }
    await red.deploy(withChange(THREE, 'receive', { friend: '00'.repeat(32) }), 'nodes');
    await red.caught('errors', 'receive', 'ErrInvalidKey');
  });

  it('by message: asks for the friend when two have sent messages with one id', async () => {
    await red.deploy(BY_MESSAGE, 'nodes');
    const phone = await managerOf(red, 'phone-session');
    const messageId = Buffer.alloc(32, 9);
    for (const name of ['device', 'home']) {
      const manager = await managerOf(red, `${name}-session`);
      await manager.sendAsyncMessage(phone.publicKey, `one of ${name}`, undefined, { messageId });
    }
    await Promise.all(['one of device', 'one of home'].map((text) => got('received', text)));
    const ack = { action: 'ack', messageId: messageId.toString('hex') };
    const left = () => phone.sendersOf(messageId).map((sender) => phone.nameOf(sender));
    red.send('receive', { ...ack, _msgid: 'whose' });
    red.send('receive', { ...ack, _msgid: 'stranger', friend: 'nobody' });
    for (const [id, code] of [
      ['whose', 'ErrInvalidArgument'],
      ['stranger', 'ErrUnknownFriend'],
    ]) {
      const { error } = await red.wait('errors', ({ _msgid }) => _msgid === id);
      assert.equal(error.code, code);
    }
    assert.deepEqual(left().sort(), ['device', 'home']);
    red.send('receive', { ...ack, friend: 'device' });
    await until('the one of device is done', () => left().length === 1);
    assert.deepEqual(left(), ['home']);
    red.send('receive', ack);
    await until('the other is done', () => left().length === 0);
  });

  it('leaves messages where they are while no receive-async is there', async () => {
    await red.deploy(without(THREE, 'receive'), 'nodes');
    send('nobody there');
    await waiting(1);
    await red.deploy(THREE, 'nodes');
    assert.equal((await got('received', 'nobody there')).redelivered, undefined);
  });
});
