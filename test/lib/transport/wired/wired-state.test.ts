import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import { formatToxId } from '../../../../lib/identity/tox-id';
import { numbered } from '../../../../lib/testing/transport/recording-handler';
import { isCode } from '../../../support/is-code';
import { WiredBench } from '../support/wired-bench';

describe('wired transport', () => {
  let bench: WiredBench;

  beforeEach(async () => {
    bench = await WiredBench.open();
  });

  afterEach(() => bench.close());

  describe('asking for the state', () => {
    it('sends nothing from inside start, asks at once after it, and again until it is answered', async () => {
      assert.deepEqual(bench.sent, []);
      await bench.time.advance(1);
      assert.equal(bench.syncs().length, 1);
      assert.deepEqual(bench.sent, [
        { topic: 'tox/sync', session: bench.syncs()[0], self: toHex(bench.self) },
      ]);
      await bench.time.advance(7_000);
      assert.equal(bench.syncs().length, 4);
      assert.equal(new Set(bench.syncs()).size, 1);
      bench.state();
      await bench.time.advance(600_000);
      assert.equal(bench.syncs().length, 4);
    });

    it('believes the answer to its question: who is online, and who are friends', async () => {
      await bench.time.advance(1);
      assert.deepEqual(
        [bench.bridge.isSynced, bench.bridge.isOnline(), bench.bridge.friends()],
        [false, false, []],
      );
      bench.state();
      assert.deepEqual([bench.bridge.isSynced, bench.bridge.isOnline()], [true, true]);
      assert.deepEqual(bench.bridge.friends().map(toHex), [bench.id]);
      assert.ok(bench.bridge.isFriendOnline(bench.friend));
      assert.deepEqual(bench.heard.calls, ['friends', 'self true', `friend ${bench.id.slice(0, 4)} true`]);
    });

    it('takes a state that nobody asked for as a new beginning of the other side, and asks again', async () => {
      await bench.synced();
      bench.state({ session: undefined });
      assert.deepEqual(bench.heard.calls, [`friend ${bench.id.slice(0, 4)} false`, 'self false']);
      assert.deepEqual([bench.bridge.isSynced, bench.bridge.isFriendOnline(bench.friend)], [false, false]);
      await bench.time.advance(1_000);
      assert.equal(new Set(bench.syncs()).size, 2);
      bench.state();
      assert.ok(bench.bridge.isFriendOnline(bench.friend));
    });

    it('does not believe an answer to an earlier question', async () => {
      await bench.synced();
      const [old] = bench.syncs();
      bench.state({ session: 'another' });
      await bench.time.advance(1_000);
      bench.state({ session: old });
      assert.equal(bench.bridge.isSynced, false);
      bench.state();
      assert.ok(bench.bridge.isSynced);
    });

    it('asks at most once a second, however often the other side starts over', async () => {
      await bench.synced();
      const before = bench.syncs().length;
      for (let n = 0; n < 100; n++) {
        bench.state({ session: undefined });
        await bench.time.advance(100);
      }
      assert.ok(bench.syncs().length - before <= 10, `${bench.syncs().length - before} in 10 s`);
      assert.ok(bench.syncs().length - before >= 5, `${bench.syncs().length - before} in 10 s`);
    });

    it('is soon there for a transport that comes late, when it says that it is there', async () => {
      await bench.time.advance(120_000);
      const before = bench.syncs().length;
      bench.state({ session: undefined });
      await bench.time.advance(1_000);
      assert.equal(bench.syncs().length, before + 1);
    });

    it('refuses a transport of another identity, whenever it shows', async () => {
      await bench.time.advance(1);
      assert.throws(() => bench.state({ self: toHex(bench.key()) }), isCode('ErrIdentityMismatch'));
      assert.equal(bench.bridge.isSynced, false);
      bench.state();
      assert.throws(() => bench.state({ self: toHex(bench.key()) }), isCode('ErrIdentityMismatch'));
      assert.deepEqual([bench.bridge.isSynced, bench.bridge.isFriendOnline(bench.friend)], [false, false]);
    });

    it('takes a Tox ID for a key', async () => {
      await bench.time.advance(1);
      bench.state({ self: formatToxId(bench.self, Uint8Array.of(1, 2, 3, 4)) });
      assert.ok(bench.bridge.isSynced);
    });

    it('follows a later state: friends come, go and change', async () => {
      await bench.synced();
      const other = bench.key();
      bench.state({ friends: [{ friend: toHex(other), online: true }], online: false });
      assert.deepEqual(bench.heard.calls, [
        `friend ${bench.id.slice(0, 4)} false`,
        'friends',
        'self false',
        `friend ${toHex(other).slice(0, 4)} true`,
      ]);
      assert.deepEqual(bench.bridge.friends().map(toHex), [toHex(other)]);
    });

    it('takes nothing but a state before the first one', async () => {
      await bench.time.advance(1);
      assert.throws(() => bench.status(true), isCode('ErrNotConnected'));
      assert.throws(() => bench.packet(), isCode('ErrNotConnected'));
    });
  });

  describe('status', () => {
    it('that comes twice is passed on once', async () => {
      await bench.synced();
      bench.status(true);
      bench.status(true);
      assert.deepEqual(bench.heard.calls, []);
      bench.status(false);
      bench.status(false);
      assert.equal(bench.heard.calls.length, 1);
    });

    it('that flaps is passed on each time, and each time what waited is gone', async () => {
      await bench.synced();
      assert.equal(bench.bridge.sendPacket(bench.friend, numbered(1)), 'sent');
      const confirmed = bench.bridge.sendMessage(bench.friend, 'normal', 'hello');
      bench.status(false);
      bench.status(true);
      bench.status(false);
      bench.status(true);
      assert.equal(bench.heard.calls.length, 4);
      assert.equal(await confirmed, false);
      await bench.time.advance(1_000);
      assert.equal(bench.packets(), 0);
    });

    it('of somebody who is not in the state is refused', async () => {
      await bench.synced();
      assert.throws(() => bench.status(true, toHex(bench.key())), isCode('ErrUnknownFriend'));
      assert.equal(bench.bridge.friends().length, 1);
    });
  });
});
