import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { STRANGER, THREE, withChange } from './support/flows';
import { managerOf, met, NodeRed, sessionOf, until } from './support/node-red';
import type { Seen } from './support/probe';

const SESSIONS = ['device-session', 'phone-session', 'home-session'];

describe('send-async', function () {
  let red: NodeRed;
  let count = 0;

  /** Sends a message under an id of its own, which is returned. */
  const send = (msg: Record<string, unknown>) => {
    const _msgid = `message-${(count += 1)}`;
    red.send('send', { ...msg, _msgid });
    return _msgid;
  };
  const receiptOf = (id: string): Promise<Seen> => red.wait('receipts', ({ _msgid }) => _msgid === id);
  const outcomeOf = (id: string, state: string, friend?: string): Promise<Seen> =>
    red.wait(
      'outcomes',
      (msg) => msg._msgid === id && msg.payload === state && (friend ?? msg.friend) === msg.friend,
    );
  const onlineFriends = async (session: string, number: number) => {
    const manager = await managerOf(red, session);
    await until(`${session} sees ${number} friends`, () => manager.counts().online === number);
  };

  before(async () => {
    red = await NodeRed.start(THREE);
    await met(red, ...SESSIONS);
    // From now on a name that nobody has is an error at once.
    sessionOf(red, 'device-session').firstMinute.end();
  });

  after(() => red.stop());

  it('gives a receipt with the same message, then its outcomes under the same id and topic', async () => {
    const id = send({ topic: 'leak', payload: 'Leak!', friend: 'phone', extra: { kept: true } });
    const { receipt, extra } = await receiptOf(id);
    const phone = await managerOf(red, 'phone-session');
    assert.deepEqual(extra, { kept: true });
    assert.match(receipt.messageId, /^[0-9a-f]{64}$/);
    assert.equal(receipt.friend, Buffer.from(phone.publicKey).toString('hex'));
    assert.equal(receipt.state, 'queued');
    assert.equal(receipt.expiresAt - receipt.createdAt, 7 * 24 * 3600 * 1000);

    const delivered = await outcomeOf(id, 'delivered');
    assert.equal(delivered.topic, 'leak');
    assert.equal(delivered.friend, receipt.friend);
    assert.equal(delivered.receipt.messageId, receipt.messageId);
    assert.equal(delivered.receipt.via, 'direct');
    assert.ok(!('context' in delivered.receipt));
    assert.ok(!('extra' in delivered), 'a new message, not the one that was sent');
    await red.wait('received', ({ payload }) => payload === 'Leak!');
  });

  it('leaves the message with a storage node while the friend is offline', async () => {
    await red.turn('phone-net', 'phone-net-out', 'disconnect');
    const id = send({ payload: { leak: true }, friend: 'phone' });
    const { receipt } = await outcomeOf(id, 'stored');
    assert.deepEqual([receipt.nodes, receipt.wanted, receipt.reason], [1, 3, 'few-nodes']);
    await red.turn('device-net', 'device-net-out', 'disconnect');
    await red.turn('phone-net', 'phone-net-out', 'connect');
    const received = await red.wait('received', ({ payload }) => isDeepStrictEqual(payload, { leak: true }));
    assert.equal(received.via, 'stored');
    await red.turn('device-net', 'device-net-out', 'connect');
    assert.equal((await outcomeOf(id, 'delivered')).receipt.via, 'stored');
    await onlineFriends('device-session', 2);
  });

  it('brings each payload out as it was, under its topic', async () => {
    for (const payload of [
      'leak',
      21.5,
      true,
      null,
      [1, 'two'],
      { at: { deep: null } },
      Buffer.from([0xff, 0]),
    ]) {
      const topic = `garden ${count}`;
      const id = send({ topic, payload, friend: 'phone' });
      const received = await red.wait('received', (msg) => msg.topic === topic);
      assert.deepEqual(received.payload, payload);
      assert.equal(received.friendName, 'device');
      assert.ok(!('label' in (await receiptOf(id)).receipt));
    }
  });

  it('leaves out a topic that cannot travel, says so in the receipt, and warns once a minute', async () => {
    const warnings: unknown[] = [];
    red.node('send').warn = (text: unknown) => warnings.push(text);
    for (const topic of [5, 'two\nlines', 'x'.repeat(256)]) {
      const id = send({ topic, payload: `topic ${count}`, friend: ['phone'] });
      const { receipt, topic: own } = await receiptOf(id);
      assert.equal(receipt[0]?.label, 'left-out');
      assert.deepEqual(own, topic);
      const received = await red.wait('received', ({ payload }) => payload === `topic ${count - 1}`);
      assert.equal(received.topic, 'device');
    }
    assert.equal(warnings.length, 1);
    assert.match(String(warnings[0]), /^msg\.topic cannot travel/);
  });

  it('sends to each friend of a list: one receipt and one series of outcomes for each', async () => {
    const id = send({ payload: 'to all', friend: ['phone', 'home', 'phone'], messageType: 'action' });
    const { receipt } = await receiptOf(id);
    assert.equal(receipt.length, 2);
    for (const { friend, messageId } of receipt) {
      assert.equal((await outcomeOf(id, 'delivered', friend)).receipt.messageId, messageId);
    }
    const received = await red.wait('received', ({ payload }) => payload === 'to all');
    assert.equal(received.messageType, 'action');
    assert.equal(red.probes.all('receipts').filter(({ _msgid }) => _msgid === id).length, 1);
  });

  it('gives a receipt for a frozen message, too, of which there is a copy then', async () => {
    red.send('send', Object.freeze({ _msgid: 'frozen', payload: 'frozen', friend: 'phone', kept: 1 }));
    const { receipt, kept } = await receiptOf('frozen');
    assert.equal(receipt.state, 'queued');
    assert.equal(kept, 1);
  });

  it('tells the outcomes also of a message whose id is no text, or too long to be kept', async () => {
    for (const [payload, _msgid] of [
      ['numbered', 42],
      ['long id', 'x'.repeat(10_000)],
    ] as const) {
      red.send('send', { _msgid, topic: payload, payload, friend: 'phone' });
      const outcome = await red.wait('outcomes', ({ topic }) => topic === payload);
      if (payload === 'numbered') assert.equal(outcome._msgid, 42);
      else assert.match(outcome._msgid, /^[0-9a-f]{16}$/);
    }
  });

  const refusals: [string, Record<string, unknown>, string][] = [
    ['a text that is too long', { payload: 'x'.repeat(262_145), friend: 'phone' }, 'ErrMessageTooLarge'],
    ['an empty text', { payload: '', friend: 'phone' }, 'ErrMessageEmpty'],
    ['no payload', { friend: 'phone' }, 'ErrMessageEmpty'],
    [
      'an action that is no text',
      { payload: 5, friend: 'phone', messageType: 'action' },
      'ErrInvalidArgument',
    ],
    ['a name nobody has', { payload: 'x', friend: 'nobody' }, 'ErrUnknownFriend'],
    ['a key of nobody', { payload: 'x', friend: STRANGER }, 'ErrUnknownFriend'],
    ['a malformed key', { payload: 'x', friend: '00'.repeat(32) }, 'ErrInvalidKey'],
    ['a wrong checksum', { payload: 'x', friend: `${STRANGER}000000001234` }, 'ErrInvalidToxId'],
    ['no friend', { payload: 'x' }, 'ErrInvalidArgument'],
    ['an empty list of friends', { payload: 'x', friend: [] }, 'ErrInvalidArgument'],
    ['a list with gaps', { payload: 'x', friend: new Array<string>(2) }, 'ErrInvalidArgument'],
    ['a function', { payload: () => 'x', friend: 'phone' }, 'ErrPayload'],
    ['an expiry that is none', { payload: 'x', friend: 'phone', expires: 'soon' }, 'ErrInvalidArgument'],
    [
      'an action that it does not know',
      { payload: 'x', friend: 'phone', action: 'stop' },
      'ErrInvalidArgument',
    ],
    ['a cancel without an id', { payload: 'x', friend: 'phone', action: 'cancel' }, 'ErrInvalidArgument'],
    [
      'a cancel of what is not in the outbox',
      { action: 'cancel', messageId: '0'.repeat(64) },
      'ErrMessageNotFound',
    ],
    ['an unknown type', { payload: 'x', friend: 'phone', messageType: 'shout' }, 'ErrInvalidArgument'],
  ];
  for (const [what, msg, code] of refusals) {
    it(`refuses ${what} with ${code} at Catch, and goes on`, async () => {
      const refused = send(msg);
      const { error } = await red.wait('errors', ({ _msgid }) => _msgid === refused);
      assert.equal(error.code, code);
      assert.equal(error.source.id, 'send');
      await receiptOf(send({ payload: 'still here', friend: 'phone' }));
      assert.ok(!red.probes.all('receipts').some(({ _msgid }) => _msgid === refused));
    });
  }

  it('sends to the others of a list in which one name is wrong, and tells Catch of that one', async () => {
    for (const friend of [
      ['phone', 'Typo'],
      ['Typo', '', 'phone', 'zz'],
      ['00'.repeat(32), 'phone'],
    ]) {
      const id = send({ payload: 'one of them is wrong', friend });
      const { receipt } = await receiptOf(id);
      assert.deepEqual(
        receipt.map(({ friendName }) => friendName),
        ['phone'],
      );
      assert.equal((await outcomeOf(id, 'delivered')).friendName, 'phone');
      const wrong = () => red.probes.all('errors').filter(({ _msgid }) => _msgid === id);
      await until('Catch knows', () => wrong().length === friend.length - 1);
    }
  });

  it('tells Catch of a message that the runtime cannot copy, without what cannot be copied', async () => {
    const trap = Object.defineProperty({}, 'sprung', {
      enumerable: true,
      get: () => assert.fail('sprung'),
    });
    const id = send({ payload: 'x', friend: 'nobody', trap, kept: 1 });
    const { error, kept, trap: gone } = await red.wait('errors', ({ _msgid }) => _msgid === id);
    assert.deepEqual([error.code, kept, gone], ['ErrUnknownFriend', 1, undefined]);
    await receiptOf(send({ payload: 'still here', friend: 'phone' }));
  });

  it('takes a friend by public key and by Tox ID', async () => {
    const phone = await managerOf(red, 'phone-session');
    const key = Buffer.from(phone.publicKey).toString('hex');
    for (const friend of [key, key.toUpperCase(), phone.toxId, phone.toxId.toLowerCase()]) {
      const id = send({ payload: friend, friend });
      assert.equal((await receiptOf(id)).receipt.friend, key);
      await outcomeOf(id, 'delivered');
    }
  });

  it('says what a message waits for, and none of it is an error', async () => {
    const errors = red.probes.all('errors').length;
    await red.turn('device-net', 'device-net-out', 'disconnect');
    const first = send({ payload: '1', friend: 'phone' });
    assert.equal((await receiptOf(first)).receipt.reason, 'not-connected');
    await red.status('statuses', 'send', '1 queued');
    await red.turn('device-net', 'device-net-out', 'connect');
    await outcomeOf(first, 'delivered');
    for (const id of ['phone-net', 'home-net']) red.send(id, { action: 'disconnect' });
    await onlineFriends('device-session', 0);
    assert.equal(
      (await receiptOf(send({ payload: '2', friend: 'phone' }))).receipt.reason,
      'no-storage-node',
    );
    for (const id of ['phone-net', 'home-net']) red.send(id, { action: 'connect' });
    await onlineFriends('device-session', 2);
    assert.equal(red.probes.all('errors').length, errors);
  });

  it('cancels a message by its id, at the friend that it was sent to, and says so on output 2', async () => {
    await red.turn('device-net', 'device-net-out', 'disconnect');
    for (const friend of [undefined, 'phone', ['home', 'phone']]) {
      const id = send({ payload: 'not wanted any more', friend: 'phone', topic: 'leak' });
      const { messageId } = (await receiptOf(id)).receipt;
      send({ action: 'cancel', messageId, friend, payload: 'not sent' });
      const outcome = await outcomeOf(id, 'cancelled');
      assert.deepEqual([outcome.topic, outcome.receipt.messageId], ['leak', messageId]);
      assert.ok(!('mayArrive' in outcome.receipt), 'nothing of it had left');
    }
    await red.turn('device-net', 'device-net-out', 'connect');
    await onlineFriends('device-session', 2);
    const next = send({ payload: 'after it', friend: 'phone' });
    await outcomeOf(next, 'delivered');
    const wanted = red.probes.all('received').map(({ payload }) => payload);
    assert.ok(!wanted.includes('not wanted any more') && !wanted.includes('not sent'));
  });

  it('says when a message has no network to go to', async () => {
    await red.deploy(THREE.filter(({ id }) => id !== 'device-net'));
    assert.equal((await receiptOf(send({ payload: 'x', friend: 'phone' }))).receipt.reason, 'no-transport');
    await red.deploy(THREE);
    await onlineFriends('device-session', 2);
  });

  it('queues for a friend who gave no keys yet, or reports that when it is set to', async () => {
    const listed = withChange(THREE, 'device-session', { friends: [{ name: 'stranger', key: STRANGER }] });
    await red.deploy(listed);
    await onlineFriends('device-session', 2);
    assert.equal((await receiptOf(send({ payload: '1', friend: 'stranger' }))).receipt.reason, 'no-prekeys');

    await red.deploy(withChange(listed, 'send', { withoutKeys: 'error' }), 'nodes');
    const refused = send({ payload: '2', friend: 'stranger' });
    const { error } = await red.wait('errors', ({ _msgid }) => _msgid === refused);
    assert.equal(error.code, 'ErrNoPreKeys');

    const half = send({ payload: '3', friend: ['stranger', 'phone'] });
    const caught = await red.wait('errors', ({ _msgid }) => _msgid === half);
    assert.equal(caught.error.code, 'ErrNoPreKeys');
    assert.equal(
      (await receiptOf(half)).receipt.length,
      1,
      'the friend with keys gets the message all the same',
    );
    await outcomeOf(half, 'delivered');
  });
});
