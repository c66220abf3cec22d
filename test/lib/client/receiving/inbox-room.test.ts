import assert from 'node:assert/strict';
import { InboxRoom } from '../../../../lib/client/receiving/inbox-room';
import type { Load } from '../../../../lib/client/journal/load';
import { later } from '../support/depositor';

const bob = new Uint8Array(32).fill(1);
const cat = new Uint8Array(32).fill(2);

/** Bytes of each message here; there is room for four. */
const SIZE = 100;

const loads = (messages: number): Load => ({ messages, bytes: messages * SIZE });

function loadOf(senders: readonly number[], sender?: Uint8Array): Load {
  return loads(senders.filter((from) => sender === undefined || from === sender[0]).length);
}

describe('room in the inbox', () => {
  /** Messages there, by the first byte of the sender's key. */
  let there: number[];
  /** The same of large ones that are not complete. */
  let unfinished: number[];
  let mayTake: boolean;
  let room: InboxRoom;

  beforeEach(() => {
    there = [];
    unfinished = [];
    mayTake = true;
    room = new InboxRoom(
      {
        inbox: { load: (sender) => loadOf(there, sender) },
        assemblies: { load: (sender) => loadOf(unfinished, sender) },
        space: { hasRoom: () => mayTake },
      },
      { messages: 4, bytes: 4 * SIZE },
    );
  });

  it('is there for a friend who has fewer messages in it than places are free', () => {
    assert.ok(room.takes(bob, SIZE));
    there = [1];
    assert.ok(room.takes(bob, SIZE));
    there = [1, 1];
    assert.deepEqual([room.takes(bob, SIZE), room.takes(cat, SIZE)], [false, true]);
    there = [1, 1, 2];
    assert.deepEqual([room.takes(cat, SIZE), room.takes(new Uint8Array(32), SIZE)], [false, true]);
    there = [1, 1, 2, 3];
    assert.equal(room.takes(new Uint8Array(32), SIZE), false);
  });

  it('counts what comes before in the same turn, as own and as taken', () => {
    assert.deepEqual(
      [0, 1, 2].map((more) => room.takes(bob, SIZE, loads(more))),
      [true, true, false],
    );
    there = [2, 2];
    assert.equal(room.takes(bob, SIZE, loads(1)), false);
  });

  it('is shared by bytes as it is by places', () => {
    assert.deepEqual([room.takes(bob, 4 * SIZE), room.takes(bob, 4 * SIZE + 1)], [true, false]);
    there = [1];
    assert.deepEqual([room.takes(bob, 2 * SIZE), room.takes(bob, 2 * SIZE + 1)], [true, false]);
    assert.deepEqual([room.takes(cat, 3 * SIZE), room.takes(cat, 3 * SIZE + 1)], [true, false]);
  });

  it('is kept for large messages that are not complete', () => {
    unfinished = [1, 1];
    assert.deepEqual([room.takes(bob, SIZE), room.takes(cat, SIZE)], [false, true]);
    assert.deepEqual([room.takes(cat, 2 * SIZE), room.takes(cat, 2 * SIZE + 1)], [true, false]);
  });

  it('is there for what takes the place of something of the same friend', () => {
    unfinished = [1, 2, 2];
    assert.equal(room.takes(bob, SIZE), false);
    assert.equal(room.takes(bob, 2 * SIZE, loads(-1)), true);
    assert.equal(room.takes(bob, 2 * SIZE + 1, loads(-1)), false);
  });

  it('counts what is on its way there, until it is there or failed', async () => {
    const slow = later<void>();
    const first = room.keepFor(bob, SIZE, () => slow.promise);
    const second = room.keepFor(bob, SIZE, () => slow.promise);
    assert.deepEqual([room.takes(bob, SIZE), room.takes(cat, SIZE)], [false, true]);
    const others = [cat, new Uint8Array(32).fill(3)].map((sender) =>
      room.keepFor(sender, SIZE, () => slow.promise.then(() => Promise.reject(new Error('disk full')))),
    );
    assert.equal(room.takes(new Uint8Array(32), SIZE), false);
    slow.resolve();
    await Promise.all([first, second, ...others.map((other) => assert.rejects(other))]);
    assert.ok(room.takes(bob, SIZE, loads(1)));
  });

  it('is there for nobody while nothing new may be taken', () => {
    mayTake = false;
    assert.equal(room.takes(bob, SIZE), false);
  });

  describe('for mail that was turned away', () => {
    let heard: number;

    beforeEach(() => {
      heard = 0;
      room.listen(() => (heard += 1));
      there = [1, 1, 2, 3];
      room.turnAway(bob);
    });

    it('is reported once, when one of those who wait for it has room', () => {
      room.look();
      there = [2, 3];
      room.look();
      assert.equal(heard, 1);
      room.look();
      assert.equal(heard, 1);
    });

    it('is reported when there is enough for the smallest of one friend', () => {
      room.forget(bob);
      room.turnAway(cat, 2 * SIZE);
      room.turnAway(cat, 3 * SIZE);
      there = [1, 1, 3];
      room.look();
      assert.equal(heard, 0);
      there = [1, 3];
      room.look();
      assert.equal(heard, 1);
    });

    it('is not reported for another friend, nor of a former one', () => {
      there = [1, 1, 1];
      room.look();
      there = [];
      room.forget(bob);
      room.look();
      assert.equal(heard, 0);
    });
  });
});
