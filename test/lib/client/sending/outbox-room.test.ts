import assert from 'node:assert/strict';
import type { Load } from '../../../../lib/client/journal/load';
import { OutboxRoom } from '../../../../lib/client/sending/outbox-room';
import { ToxAsyncError } from '../../../../lib/errors';

const [bob, carol] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];

describe('the room in the outbox', () => {
  /** What Bob has there. All others have `others`. */
  let own: Load;
  let others: Load;
  let urgentMessages: number;

  beforeEach(() => {
    own = { messages: 0, bytes: 0 };
    others = { messages: 0, bytes: 0 };
    urgentMessages = 0;
  });

  function room(outboxMessages: number, outboxBytes = 1_000_000): OutboxRoom {
    const load = (friend?: Uint8Array): Load => {
      if (friend === bob) return own;
      if (friend === carol) return { messages: 0, bytes: 0 };
      return { messages: own.messages + others.messages, bytes: own.bytes + others.bytes };
    };
    return new OutboxRoom(
      { outbox: { load, urgentMessages } },
      { outboxMessages, outboxBytes, outboxUrgent: 3 },
    );
  }

  it('takes messages to a friend while it has fewer than there are places free', () => {
    own = { messages: 4, bytes: 4 };
    assert.deepEqual([room(8).takes(bob, 1), room(9).takes(bob, 1)], [false, true]);
    others = { messages: 1, bytes: 1 };
    assert.deepEqual([room(9).takes(bob, 1), room(10).takes(bob, 1)], [false, true]);
  });

  it('takes no more bytes for a friend than are free without them', () => {
    own = { messages: 1, bytes: 6 };
    assert.deepEqual([room(100, 16).takes(bob, 4), room(100, 16).takes(bob, 5)], [true, false]);
  });

  it('takes a message to another friend when one has filled its share', () => {
    own = { messages: 4, bytes: 4 };
    assert.deepEqual([room(8).takes(bob, 1), room(8).takes(carol, 1)], [false, true]);
    own = { messages: 8, bytes: 8 };
    assert.equal(room(8).takes(carol, 1), false, 'there is no place at all');
  });

  it('counts what will be gone by then as gone', () => {
    own = { messages: 4, bytes: 8 };
    assert.equal(room(8).takes(bob, 1, { messages: 1, bytes: 2 }), true);
    assert.equal(room(100, 18).takes(bob, 4), false);
    assert.equal(room(100, 18).takes(bob, 4, { messages: 1, bytes: 2 }), true);
  });

  it('takes urgent messages without room while fewer than so many are there', () => {
    urgentMessages = 2;
    assert.equal(room(0).takesUrgent(), true);
    urgentMessages = 3;
    assert.equal(room(0).takesUrgent(), false);
  });

  it('says how many wait when there is none, and what can be done', () => {
    own = { messages: 4, bytes: 4 };
    others = { messages: 2, bytes: 2 };
    const isRefusal = (error: unknown) =>
      ToxAsyncError.is(error, 'ErrOutboxFull') && /4 of its 6 messages .* cancel some/.test(error.message);
    assert.throws(() => room(8).assertFor(bob, 1), isRefusal);
    room(8).assertFor(carol, 1);
  });
});
