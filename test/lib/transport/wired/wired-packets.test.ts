import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import { PACKET_WINDOW } from '../../../../lib/transport/transport';
import { WIRE_BURST } from '../../../../lib/transport/wired/wired-lane';
import { numbered } from '../../../../lib/testing/transport/recording-handler';
import { isCode } from '../../../support/is-code';
import { WiredBench } from '../support/wired-bench';

describe('wired transport', () => {
  let bench: WiredBench;

  beforeEach(async () => {
    bench = await WiredBench.open();
  });

  afterEach(() => bench.close());

  describe('packets', () => {
    it('of a stranger, and of a friend who is offline, are refused', async () => {
      await bench.synced();
      assert.throws(() => bench.packet(undefined, toHex(bench.key())), isCode('ErrUnknownFriend'));
      bench.status(false);
      assert.throws(() => bench.packet(), isCode('ErrNotConnected'));
      assert.deepEqual(bench.heard.packets, []);
    });

    it('that are too long, empty or not lossless are refused, and the next one is taken', async () => {
      await bench.synced();
      const bad = [
        Buffer.alloc(0),
        Buffer.alloc(1374, 177),
        Buffer.from([159]),
        Buffer.from([254, 1]),
        'text',
        undefined,
      ];
      for (const payload of bad)
        assert.throws(() => bench.packet(payload ?? null), isCode('ErrInvalidArgument'));
      bench.packet(Buffer.alloc(1373, 177));
      assert.equal(bench.heard.packets.length, 1);
    });

    it('are copied: the flow may change its buffer afterwards', async () => {
      await bench.synced();
      const payload = Buffer.from([177, 7]);
      bench.packet(payload);
      payload.fill(0);
      assert.deepEqual(bench.heard.packets.map(toHex), ['b107']);
    });
  });

  describe('backpressure', () => {
    const fill = (limit = Infinity) => {
      let taken = 0;
      while (taken < limit && bench.bridge.sendPacket(bench.friend, numbered(taken)) === 'sent') taken += 1;
      return taken;
    };

    it('goes onto the wire in turns, so that a transport can say that it is busy', async () => {
      await bench.synced();
      fill(100);
      assert.equal(bench.packets(), 0);
      await bench.time.advance(1);
      assert.equal(bench.packets(), WIRE_BURST);
      bench.bridge.take({ topic: 'tox/busy', friend: bench.id, payload: true });
      await bench.time.advance(60_000);
      assert.equal(bench.packets(), WIRE_BURST);
      assert.equal(fill(), PACKET_WINDOW - 100 + WIRE_BURST);
      assert.equal(bench.heard.writable, 0);
      bench.bridge.take({ topic: 'tox/busy', friend: bench.id, payload: false });
      await bench.time.advance(100);
      assert.equal(bench.packets(), PACKET_WINDOW + WIRE_BURST);
      assert.equal(bench.heard.writable, 1);
    });

    it('of one friend does not hold the others back', async () => {
      const other = bench.key();
      await bench.synced({
        friends: [
          { friend: bench.id, online: true },
          { friend: toHex(other), online: true },
        ],
      });
      bench.bridge.take({ topic: 'tox/busy', friend: bench.id, payload: true });
      fill(10);
      assert.equal(bench.bridge.sendPacket(other, numbered(1)), 'sent');
      await bench.time.advance(100);
      assert.deepEqual(
        bench.sent.flatMap((message) => (message.topic === 'tox/packet' ? [message.friend] : [])),
        [toHex(other)],
      );
    });

    it('ends with the connection', async () => {
      await bench.synced();
      bench.bridge.take({ topic: 'tox/busy', friend: bench.id, payload: true });
      assert.equal(fill(), PACKET_WINDOW);
      bench.status(false);
      bench.bridge.take({ topic: 'tox/busy', friend: bench.id, payload: false });
      bench.status(true);
      assert.equal(bench.bridge.sendPacket(bench.friend, numbered(1)), 'sent');
      await bench.time.advance(10);
      assert.equal(bench.packets(), 1);
      assert.equal(bench.heard.writable, 0);
    });
  });
});
