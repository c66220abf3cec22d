import assert from 'node:assert/strict';
import { AsyncManager, Emitter, type AsyncManagerEvents } from '../../../lib/index';
import { followKeyEvents } from '../../../nodes/prekey-exchange/key-events';

describe('The key events of a flow', () => {
  it('tell of an exchange once a meeting and friend, when both halves are known or the meeting ends', () => {
    const events = new Emitter<AsyncManagerEvents>((error) => {
      throw error;
    });
    const manager = Object.create(AsyncManager.prototype, {
      events: { value: events },
      nameOf: { value: () => undefined },
    }) as AsyncManager;
    const told: unknown[] = [];
    const end = followKeyEvents(
      manager,
      () => true,
      ({ payload }) => told.push(payload),
    );
    const [ann, bob] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const exchange = (friend: Uint8Array, sendable: number, issued: number) =>
      events.emit('keys-exchanged', { friend, sendable, issued });
    exchange(ann, 0, 104);
    assert.deepEqual(told, []);
    exchange(ann, 100, 104);
    exchange(ann, 100, 104);
    exchange(bob, 100, 50);
    assert.deepEqual(told.splice(0), [
      { sendable: 100, issued: 104 },
      { sendable: 100, issued: 50 },
    ]);
    events.emit('friend-status', { friend: ann, online: false });
    events.emit('friend-status', { friend: ann, online: true });
    exchange(ann, 0, 60);
    events.emit('friend-status', { friend: ann, online: false });
    assert.deepEqual(told, [{ sendable: 0, issued: 60 }]);
    end();
    exchange(ann, 1, 1);
    assert.equal(told.length, 1);
  });
});
