import assert from 'node:assert/strict';
import { node, probe, THREE } from './support/flows';
import { managerOf, met, NodeRed, until } from './support/node-red';

const FLOW = [
  ...THREE,
  node('prekey-exchange', 'keys', 'device-session', { friend: 'phone', wires: [[], ['key-events']] }),
  node('prekey-exchange', 'all-keys', 'device-session', { wires: [[], ['all-events']] }),
  probe('key-events'),
  probe('all-events'),
];

interface Finding {
  readonly level: string;
  readonly code: string;
  readonly text: string;
  readonly friendName?: string;
}

describe('prekey-exchange', function () {
  let red: NodeRed;

  const ask = async (id: string, at: string, msg: Record<string, unknown>) => {
    const _msgid = `ask ${Math.random()}`;
    // A Function node may freeze what it sends.
    red.send(id, Object.freeze({ ...msg, _msgid }));
    const answer = await red.wait(at, (each) => each._msgid === _msgid);
    assert.equal(answer.topic, 'status');
    return { ...answer, findings: answer.payload as Finding[] };
  };

  before(async () => {
    red = await NodeRed.start(FLOW);
    await met(red, 'device-session', 'phone-session', 'home-session');
  });

  after(() => red.stop());

  it('tells of keys that were exchanged, of its friend or of all', async () => {
    const event = await red.wait(
      'key-events',
      ({ topic, payload }) => topic === 'keys/exchanged' && (payload as { sendable: number }).sendable > 0,
    );
    assert.equal(event.friendName, 'phone');
    assert.equal((event.payload as { sendable: number }).sendable, 100);
    await red.wait('all-events', ({ friendName }) => friendName === 'home');
    assert.ok(red.probes.all('key-events').every(({ friendName }) => friendName === 'phone'));
  });

  it('shows how many messages can still be sent', async () => {
    await red.status('statuses', 'keys', '100 keys');
    red.send('send', { payload: 'one', friend: 'phone' });
    await red.status('statuses', 'keys', '99 keys');
    await red.status('statuses', 'all-keys', '99 keys');
    await red.wait('outcomes', ({ payload }) => payload === 'delivered');
  });

  it('says in plain words whether a message would go out', async () => {
    const { findings } = await ask('keys', 'key-events', { action: 'status' });
    assert.deepEqual(
      findings.map(({ level, code, friendName }) => [level, code, friendName]),
      [['ok', 'direct', 'phone']],
    );
    assert.match(findings[0]?.text ?? '', /phone is online/);
  });

  it('says why it would not, of each friend and once of the session', async () => {
    await red.turn('device-net', 'device-net-out', 'disconnect');
    const { findings } = await ask('all-keys', 'all-events', { action: 'status' });
    assert.equal(findings.filter(({ code }) => code === 'not-connected').length, 1);
    await red.turn('device-net', 'device-net-out', 'connect');
    const device = await managerOf(red, 'device-session');
    await until('all are back', () => device.friends().every(({ session }) => session));
  });

  it('exchanges with the friends it is given, or refreshes all, and says what came of it', async () => {
    const one = await ask('keys', 'key-events', { action: 'exchange' });
    assert.deepEqual(
      one.exchange.map(({ friendName }) => friendName),
      ['phone'],
    );
    const all = await ask('all-keys', 'all-events', { action: 'refresh' });
    assert.deepEqual(all.exchange.map(({ friendName }) => friendName).sort(), ['home', 'phone']);
    for (const { state } of all.exchange) assert.match(state, /^(sent|not-needed)$/);
    const named = await ask('all-keys', 'all-events', { action: 'exchange', friend: ['home'] });
    assert.deepEqual(
      named.exchange.map(({ friendName }) => friendName),
      ['home'],
    );
  });

  it('says that a friend is offline', async () => {
    await red.turn('phone-net', 'phone-net-out', 'disconnect');
    const device = await managerOf(red, 'device-session');
    await until('the phone is gone', () => device.counts().online === 1);
    const { exchange } = await ask('keys', 'key-events', { action: 'exchange' });
    assert.deepEqual(
      exchange.map(({ state }) => state),
      ['offline'],
    );
    await red.turn('phone-net', 'phone-net-out', 'connect');
  });

  it('tells of trouble with keys under the topics of the contract', async () => {
    const device = await managerOf(red, 'device-session');
    const { publicKey: friend } = await managerOf(red, 'phone-session');
    const messageId = new Uint8Array(32).fill(7);
    device.events.emit('keys-low', { friend, sendable: 19 });
    device.events.emit('keys-exhausted', { friend });
    device.events.emit('keys-refused', { friend, code: 'batch-in-use' });
    device.events.emit('identity-in-use-elsewhere', { friend });
    device.events.emit('message-lost', { friend, messageId });
    device.events.emit('node-suggested', { friend, node: friend, toxId: device.toxId });
    const seen = async (topic: string) =>
      (await red.wait('key-events', (msg) => msg.topic === topic)).payload;
    assert.deepEqual(await seen('keys/low'), { sendable: 19 });
    assert.deepEqual(await seen('keys/exhausted'), { sendable: 0 });
    assert.deepEqual(await seen('keys/refused'), { code: 'batch-in-use' });
    assert.equal(await seen('keys/elsewhere'), true);
    assert.equal(await seen('message/lost'), '07'.repeat(32));
    assert.equal(await seen('node/suggested'), device.toxId);
  });

  it('reports what it cannot do to Catch', async () => {
    const refusals: [Record<string, unknown>, string][] = [
      [{}, 'ErrInvalidArgument'],
      [{ action: 'destroy' }, 'ErrInvalidArgument'],
      [{ action: 'exchange' }, 'ErrInvalidArgument'],
      [{ action: 'status', friend: 'nobody' }, 'ErrUnknownFriend'],
    ];
    for (const [index, [msg, code]] of refusals.entries()) {
      red.send('all-keys', { ...msg, _msgid: `refused-${index}` });
      const { error } = await red.wait('errors', ({ _msgid }) => _msgid === `refused-${index}`);
      assert.equal(error.code, code);
    }
  });
});
