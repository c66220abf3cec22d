import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { THREE, withChange } from '../support/flows';
import { managerOf, met, NodeRed } from '../support/node-red';

const SESSIONS = ['device-session', 'phone-session', 'home-session'];
const sending = (settings: object) => withChange(THREE, 'send', { version: 2, ...settings });

describe('The typed inputs of send-async', () => {
  let red: NodeRed;

  before(async () => {
    red = await NodeRed.start(THREE);
    await met(red, ...SESSIONS);
  });

  after(() => red.stop());

  const deploy = async (settings: object) => {
    await red.deploy(sending(settings), 'nodes');
    await managerOf(red, 'device-session');
  };
  const arrives = (payload: unknown) =>
    red.wait('received', (msg) => isDeepStrictEqual(msg.payload, payload));

  it('read the friend, the payload and the topic from context stores', async () => {
    await deploy({
      friend: 'who',
      friendType: 'global',
      payload: 'reading.value',
      payloadType: 'flow',
      topic: 'place',
      topicType: 'flow',
    });
    const { flow, global } = red.node('send').context();
    global.set('who', 'phone');
    flow.set('reading', { value: [1, { two: 3 }] });
    flow.set('place', 'garden');
    red.send('send', { payload: 'not this', friend: 'home', topic: 'nor this' });
    assert.equal((await arrives([1, { two: 3 }])).topic, 'garden');
  });

  it('compute a JSONata expression of the message as it was when it came', async () => {
    await deploy({
      friend: "'ph' & 'one'",
      friendType: 'jsonata',
      payload: '{"level": level * 2, "list": list[n > 1]}',
      payloadType: 'jsonata',
      expires: '60 + 60',
      expiresType: 'jsonata',
    });
    const msg: Record<string, unknown> = {
      _msgid: 'jsonata',
      level: 21,
      list: [{ n: 1 }, { n: 2 }, { n: 3 }],
      req: { socket: new Map() },
    };
    red.send('send', msg);
    msg.level = 0;
    (msg.list as { n: number }[]).splice(0);
    await arrives({ level: 42, list: [{ n: 2 }, { n: 3 }] });
    const { receipt } = await red.wait('receipts', ({ _msgid }) => _msgid === 'jsonata');
    assert.ok(receipt.expiresAt - receipt.createdAt <= 120_000);
  });

  it('send in the order of arrival, however long an evaluation takes', async () => {
    await deploy({
      friend: 'phone',
      friendType: 'friend',
      payload: 'slow ? ($sum([1..20000]); "slow") : "quick"',
      payloadType: 'jsonata',
    });
    red.send('send', { slow: true });
    red.send('send', { slow: false });
    await arrives('quick');
    const order = red.probes.all('received').map(({ payload }) => payload);
    assert.deepEqual(order.slice(-2), ['slow', 'quick']);
  });

  it('reach into the message, and take typed values of every kind', async () => {
    for (const [payload, payloadType, expected] of [
      ['alarm.levels[1]', 'msg', 7],
      ['12.5', 'num', 12.5],
      ['false', 'bool', false],
      ['{"a": [null]}', 'json', { a: [null] }],
      ['[1, 2]', 'bin', Buffer.from([1, 2])],
      ['typed in', 'str', 'typed in'],
    ]) {
      await deploy({ friend: 'phone', payload, payloadType });
      red.send('send', { alarm: { levels: [3, 7] } });
      await arrives(expected);
    }
    await deploy({ friend: 'phone', payload: 'no.such.thing', payloadType: 'msg' });
    red.send('send', { payload: 'x' });
    await red.caught('errors', 'send', 'ErrMessageEmpty');
  });

  it('tell Catch of a fault: a bad topic that was chosen, an expression that fails', async () => {
    await deploy({ friend: 'phone', topic: 'five', topicType: 'flow' });
    red.node('send').context().flow.set('five', 5);
    red.send('send', { payload: 'x', topic: 'fine' });
    const { error } = await red.caught('errors', 'send', 'ErrPayload');
    assert.match(error.message, /flow\.five cannot be the topic/);
    await deploy({ friend: 'phone', payload: '$number("x")', payloadType: 'jsonata' });
    red.send('send', { payload: 'x' });
    const failed = await red.caught('errors', 'send', 'ErrInvalidArgument');
    assert.match(failed.error.message, /The payload could not be evaluated: /);
  });

  it('choose the friend whose message is cancelled', async () => {
    await deploy({ friend: 'who', friendType: 'flow' });
    red.node('send').context().flow.set('who', 'nobody');
    red.send('send', { action: 'cancel', messageId: '01'.repeat(32), friend: 'phone' });
    await red.caught('errors', 'send', 'ErrUnknownFriend');
  });
});
