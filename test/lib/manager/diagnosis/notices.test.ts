import assert from 'node:assert/strict';
import { Notices } from '../../../../lib/manager/diagnosis/notices';
import type { AsyncManagerEvents } from '../../../../lib/manager/events';
import { Emitter } from '../../../../lib/platform/emitter';
import { SimulatedTime } from '../../../../lib/testing/simulated-platform';

const DAY = 86_400_000;
const friend = new Uint8Array(32).fill(1);
const other = new Uint8Array(32).fill(2);

describe('what happened to keys', () => {
  let time: SimulatedTime;
  let events: Emitter<AsyncManagerEvents>;
  let isFriend: boolean;
  let notices: Notices;

  beforeEach(() => {
    time = new SimulatedTime();
    events = new Emitter<AsyncManagerEvents>((error) => {
      throw error;
    });
    isFriend = true;
    notices = new Notices({ events, clock: time.clock, friends: { has: () => isFriend } });
    events.emit('keys-dead', { friend });
  });

  it('is known for a day, of that friend and that event', async () => {
    assert.ok(notices.has(friend, 'keys-dead'));
    assert.ok(!notices.has(friend, 'identity-restored'));
    assert.ok(!notices.has(other, 'keys-dead'));
    await time.advance(DAY - 1);
    assert.ok(notices.has(friend, 'keys-dead'));
    await time.advance(1);
    assert.ok(!notices.has(friend, 'keys-dead'));
  });

  it('is forgotten with the friend', () => {
    isFriend = false;
    events.emit('friends-changed', undefined);
    assert.ok(!notices.has(friend, 'keys-dead'));
  });
});
