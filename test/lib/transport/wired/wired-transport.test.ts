import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { toHex } from '../../../../lib/bytes';
import { generateKeyPair } from '../../../../lib/crypto/generate';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { ToxAsyncError, type ErrorCode } from '../../../../lib/errors';
import { formatToxId } from '../../../../lib/identity/tox-id';
import { SeededRandom, SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { PACKET_WINDOW } from '../../../../lib/transport/transport';
import { readWireMessage } from '../../../../lib/transport/wired/read-wire-message';
import type { ToForeign } from '../../../../lib/transport/wired/wire-messages';
import { WIRE_BURST } from '../../../../lib/transport/wired/wired-lane';
import { WiredTransport } from '../../../../lib/transport/wired/wired-transport';
import { ForeignTransport } from '../support/foreign-pair';
import { numbered, RecordingHandler } from '../../../../lib/testing/transport/recording-handler';
import { transportSuite } from '../../../../lib/testing/transport/transport-suite';

const random = new SeededRandom('wired');
const key = () => generateKeyPair(createPortableProvider(), random).publicKey;
const code = (expected: ErrorCode) => (error: unknown) => ToxAsyncError.is(error, expected);

/** A Buffer as JSON shows one. */
const reviveBuffer = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'data' in value && Array.isArray(value.data)
    ? Buffer.from(value.data as number[])
    : value;

transportSuite({ describe, it, after }, 'wired', () => {
  const time = new SimulatedTime();
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
  const self = key();
  const friend = key();
  const id = toHex(friend);
  let time: SimulatedTime;
  let sent: ToForeign[];
  let requests: string[];
  let bridge: WiredTransport;
  let heard: RecordingHandler;

  beforeEach(async () => {
    time = new SimulatedTime();
    sent = [];
    requests = [];
    heard = new RecordingHandler();
    bridge = new WiredTransport({
      self,
      timers: time.timers,
      random,
      send: (message) => sent.push(message),
      onRequest: (publicKey, text) => requests.push(`${toHex(publicKey).slice(0, 8)} ${text}`),
    });
    await bridge.start(heard);
  });

  afterEach(() => {
    assert.deepEqual(heard.breaches, []);
    return bridge.stop();
  });

  const syncs = () => sent.flatMap((message) => (message.topic === 'tox/sync' ? [message.session] : []));
  const packets = () => sent.filter(({ topic }) => topic === 'tox/packet').length;
  const state = (more: Record<string, unknown> = {}) =>
    bridge.take({
      topic: 'tox/state',
      session: syncs().at(-1),
      self: toHex(self),
      online: true,
      friends: [{ friend: id, online: true }],
      can: ['tox/message', 'tox/busy', 'tox/add-friend', 'tox/request'],
      ...more,
    });
  const status = (online: unknown, of = id) =>
    bridge.take({ topic: 'tox/status', friend: of, payload: online });
  const packet = (payload: unknown = Buffer.from([177, 1]), of = id) =>
    bridge.take({ topic: 'tox/packet', friend: of, payload });
  const synced = async (more?: Record<string, unknown>) => {
    await time.advance(1);
    state(more);
    heard.clear();
  };

  describe('asking for the state', () => {
    it('sends nothing from inside start, asks at once after it, and again until it is answered', async () => {
      assert.deepEqual(sent, []);
      await time.advance(1);
      assert.equal(syncs().length, 1);
      assert.deepEqual(sent, [{ topic: 'tox/sync', session: syncs()[0], self: toHex(self) }]);
      await time.advance(7_000);
      assert.equal(syncs().length, 4);
      assert.equal(new Set(syncs()).size, 1);
      state();
      await time.advance(600_000);
      assert.equal(syncs().length, 4);
    });

    it('believes the answer to its question: who is online, and who are friends', async () => {
      await time.advance(1);
      assert.deepEqual([bridge.isSynced, bridge.isOnline(), bridge.friends()], [false, false, []]);
      state();
      assert.deepEqual([bridge.isSynced, bridge.isOnline()], [true, true]);
      assert.deepEqual(bridge.friends().map(toHex), [id]);
      assert.ok(bridge.isFriendOnline(friend));
      assert.deepEqual(heard.calls, ['friends', 'self true', `friend ${id.slice(0, 4)} true`]);
    });

    it('takes a state that nobody asked for as a new beginning of the other side, and asks again', async () => {
      await synced();
      state({ session: undefined });
      assert.deepEqual(heard.calls, [`friend ${id.slice(0, 4)} false`, 'self false']);
      assert.deepEqual([bridge.isSynced, bridge.isFriendOnline(friend)], [false, false]);
      await time.advance(1_000);
      assert.equal(new Set(syncs()).size, 2);
      state();
      assert.ok(bridge.isFriendOnline(friend));
    });

    it('does not believe an answer to an earlier question', async () => {
      await synced();
      const [old] = syncs();
      state({ session: 'another' });
      await time.advance(1_000);
      state({ session: old });
      assert.equal(bridge.isSynced, false);
      state();
      assert.ok(bridge.isSynced);
    });

    it('asks at most once a second, however often the other side starts over', async () => {
      await synced();
      const before = syncs().length;
      for (let n = 0; n < 100; n++) {
        state({ session: undefined });
        await time.advance(100);
      }
      assert.ok(syncs().length - before <= 10, `${syncs().length - before} in 10 s`);
      assert.ok(syncs().length - before >= 5, `${syncs().length - before} in 10 s`);
    });

    it('is soon there for a transport that comes late, when it says that it is there', async () => {
      await time.advance(120_000);
      const before = syncs().length;
      state({ session: undefined });
      await time.advance(1_000);
      assert.equal(syncs().length, before + 1);
    });

    it('refuses a transport of another identity, whenever it shows', async () => {
      await time.advance(1);
      assert.throws(() => state({ self: toHex(key()) }), code('ErrIdentityMismatch'));
      assert.equal(bridge.isSynced, false);
      state();
      assert.throws(() => state({ self: toHex(key()) }), code('ErrIdentityMismatch'));
      assert.deepEqual([bridge.isSynced, bridge.isFriendOnline(friend)], [false, false]);
    });

    it('takes a Tox ID for a key', async () => {
      await time.advance(1);
      state({ self: formatToxId(self, Uint8Array.of(1, 2, 3, 4)) });
      assert.ok(bridge.isSynced);
    });

    it('follows a later state: friends come, go and change', async () => {
      await synced();
      const other = key();
      state({ friends: [{ friend: toHex(other), online: true }], online: false });
      assert.deepEqual(heard.calls, [
        `friend ${id.slice(0, 4)} false`,
        'friends',
        'self false',
        `friend ${toHex(other).slice(0, 4)} true`,
      ]);
      assert.deepEqual(bridge.friends().map(toHex), [toHex(other)]);
    });

    it('takes nothing but a state before the first one', async () => {
      await time.advance(1);
      assert.throws(() => status(true), code('ErrNotConnected'));
      assert.throws(() => packet(), code('ErrNotConnected'));
    });
  });

  describe('status', () => {
    it('that comes twice is passed on once', async () => {
      await synced();
      status(true);
      status(true);
      assert.deepEqual(heard.calls, []);
      status(false);
      status(false);
      assert.equal(heard.calls.length, 1);
    });

    it('that flaps is passed on each time, and each time what waited is gone', async () => {
      await synced();
      assert.equal(bridge.sendPacket(friend, numbered(1)), 'sent');
      const confirmed = bridge.sendMessage(friend, 'normal', 'hello');
      status(false);
      status(true);
      status(false);
      status(true);
      assert.equal(heard.calls.length, 4);
      assert.equal(await confirmed, false);
      await time.advance(1_000);
      assert.equal(packets(), 0);
    });

    it('of somebody who is not in the state is refused', async () => {
      await synced();
      assert.throws(() => status(true, toHex(key())), code('ErrUnknownFriend'));
      assert.equal(bridge.friends().length, 1);
    });
  });

  describe('packets', () => {
    it('of a stranger, and of a friend who is offline, are refused', async () => {
      await synced();
      assert.throws(() => packet(undefined, toHex(key())), code('ErrUnknownFriend'));
      status(false);
      assert.throws(() => packet(), code('ErrNotConnected'));
      assert.deepEqual(heard.packets, []);
    });

    it('that are too long, empty or not lossless are refused, and the next one is taken', async () => {
      await synced();
      const bad = [
        Buffer.alloc(0),
        Buffer.alloc(1374, 177),
        Buffer.from([159]),
        Buffer.from([254, 1]),
        'text',
        undefined,
      ];
      for (const payload of bad) assert.throws(() => packet(payload ?? null), code('ErrInvalidArgument'));
      packet(Buffer.alloc(1373, 177));
      assert.equal(heard.packets.length, 1);
    });

    it('are copied: the flow may change its buffer afterwards', async () => {
      await synced();
      const payload = Buffer.from([177, 7]);
      packet(payload);
      payload.fill(0);
      assert.deepEqual(heard.packets.map(toHex), ['b107']);
    });
  });

  describe('backpressure', () => {
    const fill = (limit = Infinity) => {
      let taken = 0;
      while (taken < limit && bridge.sendPacket(friend, numbered(taken)) === 'sent') taken += 1;
      return taken;
    };

    it('goes onto the wire in turns, so that a transport can say that it is busy', async () => {
      await synced();
      fill(100);
      assert.equal(packets(), 0);
      await time.advance(1);
      assert.equal(packets(), WIRE_BURST);
      bridge.take({ topic: 'tox/busy', friend: id, payload: true });
      await time.advance(60_000);
      assert.equal(packets(), WIRE_BURST);
      assert.equal(fill(), PACKET_WINDOW - 100 + WIRE_BURST);
      assert.equal(heard.writable, 0);
      bridge.take({ topic: 'tox/busy', friend: id, payload: false });
      await time.advance(100);
      assert.equal(packets(), PACKET_WINDOW + WIRE_BURST);
      assert.equal(heard.writable, 1);
    });

    it('of one friend does not hold the others back', async () => {
      const other = key();
      await synced({
        friends: [
          { friend: id, online: true },
          { friend: toHex(other), online: true },
        ],
      });
      bridge.take({ topic: 'tox/busy', friend: id, payload: true });
      fill(10);
      assert.equal(bridge.sendPacket(other, numbered(1)), 'sent');
      await time.advance(100);
      assert.deepEqual(
        sent.flatMap((message) => (message.topic === 'tox/packet' ? [message.friend] : [])),
        [toHex(other)],
      );
    });

    it('ends with the connection', async () => {
      await synced();
      bridge.take({ topic: 'tox/busy', friend: id, payload: true });
      assert.equal(fill(), PACKET_WINDOW);
      status(false);
      bridge.take({ topic: 'tox/busy', friend: id, payload: false });
      status(true);
      assert.equal(bridge.sendPacket(friend, numbered(1)), 'sent');
      await time.advance(10);
      assert.equal(packets(), 1);
      assert.equal(heard.writable, 0);
    });
  });

  describe('what only some transports can do', () => {
    it('is not asked of the others', async () => {
      await synced({ can: undefined });
      assert.equal(await bridge.sendMessage(friend, 'normal', 'hello'), false);
      assert.equal(bridge.addFriend(key()), false);
      await time.advance(100);
      assert.deepEqual(
        sent.filter(({ topic }) => topic !== 'tox/sync'),
        [],
      );
    });

    it('an ordinary message waits for the receipt with its id, and a wrong one changes nothing', async () => {
      await synced();
      const confirmed = bridge.sendMessage(friend, 'action', 'waves');
      await time.advance(10);
      const message = sent.at(-1);
      assert.ok(message?.topic === 'tox/message');
      assert.deepEqual([message.payload, message.messageType, message.friend], ['waves', 'action', id]);
      bridge.take({ topic: 'tox/receipt', messageId: 'of another life', payload: true });
      bridge.take({ topic: 'tox/receipt', messageId: message.messageId, payload: true });
      assert.equal(await confirmed, true);
    });

    it('adds a friend who is none yet', async () => {
      await synced();
      const other = key();
      assert.equal(bridge.addFriend(friend), false);
      assert.equal(bridge.addFriend(other), true);
      assert.deepEqual(sent.at(-1), { topic: 'tox/add-friend', friend: toHex(other) });
    });

    it('tells of somebody who asks to be a friend', async () => {
      await synced();
      const other = key();
      bridge.take({ topic: 'tox/request', friend: toHex(other), payload: 'it is me' });
      assert.deepEqual(requests, [`${toHex(other).slice(0, 8)} it is me`]);
    });
  });

  it('refuses what has not the form it should have, each time with a typed error, and goes on', async () => {
    await synced();
    const list = [{ friend: id, online: true }];
    const base = {
      topic: 'tox/state',
      session: syncs().at(-1),
      self: toHex(self),
      online: true,
      friends: list,
    };
    const bad: [Record<string, unknown>, ErrorCode][] = [
      [{}, 'ErrInvalidArgument'],
      [{ topic: 'tox/sync', session: 'x' }, 'ErrInvalidArgument'],
      [{ topic: ['tox/state'] }, 'ErrInvalidArgument'],
      [{ ...base, self: 7 }, 'ErrInvalidKey'],
      [{ ...base, self: 'ab'.repeat(31) }, 'ErrInvalidKey'],
      [{ ...base, self: `${toHex(self)}000000000000` }, 'ErrInvalidToxId'],
      [{ ...base, online: 'yes' }, 'ErrInvalidArgument'],
      [{ ...base, session: 7 }, 'ErrInvalidArgument'],
      [{ ...base, friends: undefined }, 'ErrInvalidArgument'],
      [{ ...base, friends: [id] }, 'ErrInvalidArgument'],
      [{ ...base, friends: [...list, ...list] }, 'ErrInvalidArgument'],
      [{ ...base, friends: [{ friend: toHex(self), online: true }] }, 'ErrInvalidArgument'],
      [{ ...base, friends: [{ friend: '0'.repeat(64), online: true }] }, 'ErrInvalidKey'],
      [{ ...base, can: 'tox/message' }, 'ErrInvalidArgument'],
      [{ topic: 'tox/status', friend: id, payload: 1 }, 'ErrInvalidArgument'],
      [{ topic: 'tox/status', friend: 'Phone', payload: true }, 'ErrInvalidKey'],
      [{ topic: 'tox/message', friend: id, payload: '' }, 'ErrMessageEmpty'],
      [{ topic: 'tox/message', friend: id, payload: 'x'.repeat(1373) }, 'ErrMessageTooLarge'],
      [{ topic: 'tox/message', friend: id, payload: 'x', messageType: 'shout' }, 'ErrInvalidArgument'],
      [{ topic: 'tox/receipt', payload: true }, 'ErrInvalidArgument'],
      [{ topic: 'tox/busy', friend: id }, 'ErrInvalidArgument'],
      [{ topic: 'tox/request', friend: id, payload: 3 }, 'ErrInvalidArgument'],
    ];
    for (const [msg, expected] of bad) {
      assert.throws(() => bridge.take(msg), code(expected), JSON.stringify(msg));
    }
    assert.deepEqual(heard.calls, []);
    packet();
    assert.equal(heard.packets.length, 1);
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
    await synced();
    bridge.sendPacket(friend, numbered(1));
    await bridge.stop();
    state();
    assert.throws(() => packet(), code('ErrNotConnected'));
    sent.length = 0;
    await time.advance(600_000);
    assert.deepEqual([sent, heard.calls], [[], []]);
  });
});
