import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { generateKeyPair } from '../../../../lib/crypto/generate';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { SeededRandom, SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { toHex } from '../../../../lib/bytes';
import type { ErrorCode } from '../../../../lib/errors';
import { readWireMessage } from '../../../../lib/transport/wired/read-wire-message';
import { ForeignTransport } from '../support/foreign-pair';
import { numbered } from '../../../../lib/testing/transport/recording-handler';
import { transportSuite } from '../../../../lib/testing/transport/transport-suite';
import { isCode } from '../../../support/is-code';
import { WiredBench } from '../support/wired-bench';

/** A Buffer as JSON shows one. */
const reviveBuffer = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'data' in value && Array.isArray(value.data)
    ? Buffer.from(value.data as number[])
    : value;

transportSuite({ describe, it, after }, 'wired', () => {
  const time = new SimulatedTime();
  const random = new SeededRandom('wired');
  const key = () => generateKeyPair(createPortableProvider(), random).publicKey;
  const a = new ForeignTransport(key(), time, random);
  const b = new ForeignTransport(key(), time, random);
  a.meets(b);
  b.meets(a);
  return Promise.resolve({
    a: a.bridge,
    b: b.bridge,
    until: async (what, reached) => {
      for (let ms = 0; ms < 60_000 && !reached(); ms += 10) await time.advance(10);
      assert.ok(reached(), `not within a minute: ${what}`);
    },
    silence: () => b.vanish(),
    close: async () => {
      await a.bridge.stop();
      await b.bridge.stop();
    },
  });
});

describe('wired transport', () => {
  let bench: WiredBench;

  beforeEach(async () => {
    bench = await WiredBench.open();
  });

  afterEach(() => bench.close());

  describe('what only some transports can do', () => {
    it('is not asked of the others', async () => {
      await bench.synced({ can: undefined });
      assert.equal(await bench.bridge.sendMessage(bench.friend, 'normal', 'hello'), false);
      assert.equal(bench.bridge.addFriend(bench.key()), false);
      await bench.time.advance(100);
      assert.deepEqual(
        bench.sent.filter(({ topic }) => topic !== 'tox/sync'),
        [],
      );
    });

    it('an ordinary message waits for the receipt with its id, and a wrong one changes nothing', async () => {
      await bench.synced();
      const confirmed = bench.bridge.sendMessage(bench.friend, 'action', 'waves');
      await bench.time.advance(10);
      const message = bench.sent.at(-1);
      assert.ok(message?.topic === 'tox/message');
      assert.deepEqual([message.payload, message.messageType, message.friend], ['waves', 'action', bench.id]);
      bench.bridge.take({ topic: 'tox/receipt', messageId: 'of another life', payload: true });
      bench.bridge.take({ topic: 'tox/receipt', messageId: message.messageId, payload: true });
      assert.equal(await confirmed, true);
    });

    it('adds a friend who is none yet', async () => {
      await bench.synced();
      const other = bench.key();
      assert.equal(bench.bridge.addFriend(bench.friend), false);
      assert.equal(bench.bridge.addFriend(other), true);
      assert.deepEqual(bench.sent.at(-1), { topic: 'tox/add-friend', friend: toHex(other) });
    });

    it('tells of somebody who asks to be a friend', async () => {
      await bench.synced();
      const other = bench.key();
      bench.bridge.take({ topic: 'tox/request', friend: toHex(other), payload: 'it is me' });
      assert.deepEqual(bench.requests, [`${toHex(other).slice(0, 8)} it is me`]);
    });
  });

  it('refuses what has not the form it should have, each time with a typed error, and goes on', async () => {
    await bench.synced();
    const list = [{ friend: bench.id, online: true }];
    const base = {
      topic: 'tox/state',
      session: bench.syncs().at(-1),
      self: toHex(bench.self),
      online: true,
      friends: list,
    };
    const bad: [Record<string, unknown>, ErrorCode][] = [
      [{}, 'ErrInvalidArgument'],
      [{ topic: 'tox/sync', session: 'x' }, 'ErrInvalidArgument'],
      [{ topic: ['tox/state'] }, 'ErrInvalidArgument'],
      [{ ...base, self: 7 }, 'ErrInvalidKey'],
      [{ ...base, self: 'ab'.repeat(31) }, 'ErrInvalidKey'],
      [{ ...base, self: `${toHex(bench.self)}000000000000` }, 'ErrInvalidToxId'],
      [{ ...base, online: 'yes' }, 'ErrInvalidArgument'],
      [{ ...base, session: 7 }, 'ErrInvalidArgument'],
      [{ ...base, friends: undefined }, 'ErrInvalidArgument'],
      [{ ...base, friends: [bench.id] }, 'ErrInvalidArgument'],
      [{ ...base, friends: [...list, ...list] }, 'ErrInvalidArgument'],
      [{ ...base, friends: [{ friend: toHex(bench.self), online: true }] }, 'ErrInvalidArgument'],
      [{ ...base, friends: [{ friend: '0'.repeat(64), online: true }] }, 'ErrInvalidKey'],
      [{ ...base, can: 'tox/message' }, 'ErrInvalidArgument'],
      [{ topic: 'tox/status', friend: bench.id, payload: 1 }, 'ErrInvalidArgument'],
      [{ topic: 'tox/status', friend: 'Phone', payload: true }, 'ErrInvalidKey'],
      [{ topic: 'tox/message', friend: bench.id, payload: '' }, 'ErrMessageEmpty'],
      [{ topic: 'tox/message', friend: bench.id, payload: 'x'.repeat(1373) }, 'ErrMessageTooLarge'],
      [{ topic: 'tox/message', friend: bench.id, payload: 'x', messageType: 'shout' }, 'ErrInvalidArgument'],
      [{ topic: 'tox/receipt', payload: true }, 'ErrInvalidArgument'],
      [{ topic: 'tox/busy', friend: bench.id }, 'ErrInvalidArgument'],
      [{ topic: 'tox/request', friend: bench.id, payload: 3 }, 'ErrInvalidArgument'],
    ];
    for (const [msg, expected] of bad) {
      assert.throws(() => bench.bridge.take(msg), isCode(expected), JSON.stringify(msg));
    }
    assert.deepEqual(bench.heard.calls, []);
    bench.packet();
    assert.equal(bench.heard.packets.length, 1);
  });

  it('takes every message that docs/WIRING.md shows as one from a transport', async () => {
    const page = readFileSync(path.join(__dirname, '../../../../docs/WIRING.md'), 'utf8');
    const shown = [...page.matchAll(/```json from\n([\s\S]*?)```/g)].map(([, json = '']) =>
      readWireMessage(JSON.parse(json, reviveBuffer) as Record<string, unknown>),
    );
    assert.deepEqual(
      shown.map(({ topic }) => topic),
      [
        ...['tox/state', 'tox/status', 'tox/packet', 'tox/message'],
        ...['tox/receipt', 'tox/busy', 'tox/request'],
      ],
    );
  });

  it('says nothing any more once it is stopped, and ignores a late state', async () => {
    await bench.synced();
    bench.bridge.sendPacket(bench.friend, numbered(1));
    await bench.bridge.stop();
    bench.state();
    assert.throws(() => bench.packet(), isCode('ErrNotConnected'));
    bench.sent.length = 0;
    await bench.time.advance(600_000);
    assert.deepEqual([bench.sent, bench.heard.calls], [[], []]);
  });
});
