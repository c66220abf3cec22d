import assert from 'node:assert/strict';
import { SeededRandom } from '../../../lib/testing/simulated-platform';
import { node, THREE } from '../support/flows';
import { met, NodeRed } from '../support/node-red';

const LIMIT = 262_144;

/** Bytes that nothing deflates. */
const bytes = (length: number, seed: string) => Buffer.from(new SeededRandom(seed).bytes(length));

/** An object of about so many bytes as JSON, which deflates little. */
function readings(length: number, seed: string) {
  const text = bytes(length, seed)
    .toString('base64')
    .slice(0, length - 40);
  return { at: [1, 2.5, null], ok: true, trace: text };
}

const FLOW = [
  ...THREE,
  node('send-async', 'send-off', 'device-session', {
    compress: 'off',
    wires: [['receipts'], ['outcomes']],
  }),
];

describe('send-async with large payloads', function () {
  this.timeout(60_000);
  let red: NodeRed;

  /** Sends under an id and topic of this name. */
  const send = (name: string, payload: unknown, from = 'send') =>
    red.send(from, { _msgid: name, topic: name, payload, friend: 'phone' });
  const outcome = (name: string, state: string) =>
    red.wait('outcomes', (msg) => msg._msgid === name && msg.payload === state, 30_000);
  const received = (name: string) => red.wait('received', ({ topic }) => topic === name, 30_000);

  before(async () => {
    red = await NodeRed.start(FLOW);
    await met(red, 'device-session', 'phone-session', 'home-session');
  });

  after(() => red.stop());

  const payloads: [string, unknown, string?][] = [
    ['a Buffer of 200 KB', bytes(200_000, 'buffer')],
    ['an object of 200 KB', readings(200_000, 'auto')],
    ['an object of 200 KB, never compressed', readings(200_000, 'off'), 'send-off'],
    ['a list that compresses to little', new Array(20_000).fill('reading')],
    ['a text of 200 KB with many alphabets', 'Ä€𝄞x'.repeat(20_000)],
    ['a Buffer of the largest size', bytes(LIMIT, 'largest')],
    ['an object of the largest size', { trace: 'x'.repeat(LIMIT - '{"trace":""}'.length) }, 'send-off'],
  ];
  for (const [what, payload, from] of payloads) {
    it(`brings ${what} out as it was, under its topic`, async () => {
      send(what, payload, from);
      const msg = await received(what);
      assert.deepEqual(msg.payload, payload);
      assert.equal(msg.friendName, 'device');
      await outcome(what, 'delivered');
      assert.equal(red.probes.all('received').filter(({ topic }) => topic === what).length, 1);
    });
  }

  it('refuses one byte more with ErrMessageTooLarge at Catch, and loses nothing before or after it', async () => {
    await red.turn('phone-net', 'phone-net-out', 'disconnect');
    const before = bytes(20_000, 'before');
    const after = bytes(20_000, 'after');
    send('before', before);
    const refused: [string, unknown][] = [
      ['bytes', Buffer.alloc(LIMIT + 1)],
      ['text', 'é'.repeat(LIMIT / 2) + 'x'],
      ['json', { trace: 'x'.repeat(LIMIT + 1 - '{"trace":""}'.length) }],
      ['json in UTF-8', { trace: 'é'.repeat(LIMIT / 2) }],
    ];
    for (const [name, payload] of refused) {
      send(name, payload);
      const { error, payload: own } = await red.wait('errors', ({ _msgid }) => _msgid === name);
      assert.equal(error.code, 'ErrMessageTooLarge');
      assert.match(error.message, /262144/);
      assert.deepEqual(own, payload);
    }
    send('after', after);
    await red.wait('receipts', ({ _msgid }) => _msgid === 'after');
    await red.turn('phone-net', 'phone-net-out', 'connect');
    assert.deepEqual((await received('before')).payload, before);
    assert.deepEqual((await received('after')).payload, after);
    const accepted = red.probes.all('receipts').map(({ _msgid }) => _msgid);
    for (const [name] of refused) assert.ok(!accepted.includes(name));
    assert.equal(red.probes.all('errors').length, refused.length);
  });
});
