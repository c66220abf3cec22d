import assert from 'node:assert/strict';
import { InboxRoom } from '../../../../lib/client/receiving/inbox-room';
import { later } from '../support/depositor';

const bob = new Uint8Array(32).fill(1);
const cat = new Uint8Array(32).fill(2);

describe('room in the inbox', () => {
  /** Messages there, by the first byte of the sender's key. */
  let there: number[];
  let mayTake: boolean;
  let room: InboxRoom;

  beforeEach(() => {
    there = [];
    mayTake = true;
    room = new InboxRoom(
      {
        inbox: {
          get size() {
            return there.length;
          },
          countOf: (sender) => there.filter((from) => from === sender[0]).length,
        },
        space: { hasRoom: () => mayTake },
      },
      { most: 4 },
    );
  });

  it('is there for a friend who has fewer messages in it than places are free', () => {
    assert.ok(room.takes(bob));
    there = [1];
    assert.ok(room.takes(bob));
    there = [1, 1];
    assert.deepEqual([room.takes(bob), room.takes(cat)], [false, true]);
    there = [1, 1, 2];
    assert.deepEqual([room.takes(cat), room.takes(new Uint8Array(32))], [false, true]);
    there = [1, 1, 2, 3];
    assert.equal(room.takes(new Uint8Array(32)), false);
  });

  it('counts what comes before in the same turn, as own and as taken', () => {
    assert.deepEqual(
      [0, 1, 2].map((more) => room.takes(bob, more)),
      [true, true, false],
    );
    there = [2, 2];
    assert.equal(room.takes(bob, 1), false);
  });

  it('counts what is on its way there, until it is there or failed', async () => {
    const slow = later<void>();
    const first = room.keepFor(bob, () => slow.promise);
    const second = room.keepFor(bob, () => slow.promise);
    assert.deepEqual([room.takes(bob), room.takes(cat)], [false, true]);
    const others = [cat, new Uint8Array(32).fill(3)].map((sender) =>
      room.keepFor(sender, () => slow.promise.then(() => Promise.reject(new Error('disk full')))),
    );
    assert.equal(room.takes(new Uint8Array(32)), false);
    slow.resolve();
    await Promise.all([first, second, ...others.map((other) => assert.rejects(other))]);
    assert.ok(room.takes(bob, 1));
  });

  it('is there for nobody while nothing new may be taken', () => {
    mayTake = false;
    assert.equal(room.takes(bob), false);
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
