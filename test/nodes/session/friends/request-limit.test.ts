import assert from 'node:assert/strict';
import { RequestLimit, requestFields } from '../../../../nodes/session/friends/request-limit';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('friend requests that are left to the flow', () => {
  let now: number;
  let limit: RequestLimit;
  /** Of a flood of one each 100 ms, what the flow hears in `ms`. */
  const flood = (ms: number) => {
    const heard: number[] = [];
    for (const end = now + ms; now < end; now += 100) {
      const leftOut = limit.take();
      if (leftOut !== undefined) heard.push(leftOut);
    }
    return heard;
  };

  beforeEach(() => {
    now = 5 * DAY;
    limit = new RequestLimit({ clock: { monotonic: () => now } });
  });

  it('become at most 20 messages at once, and then one a minute, which counts those before it', () => {
    assert.deepEqual(flood(50_000), Array<number>(20).fill(0));
    assert.deepEqual(flood(10 * MINUTE), [580, ...Array<number>(9).fill(599)]);
  });

  it('all become messages when they come one at a time', () => {
    for (let n = 0; n < 100; n += 1, now += MINUTE) assert.equal(limit.take(), 0);
  });

  it('are 20 at once again after 20 minutes without any', () => {
    flood(DAY);
    now += 20 * MINUTE;
    assert.equal(flood(100).length, 1);
    assert.equal(flood(10_000).length, 19);
  });

  it('say how many were left out, if any were', () => {
    const friend = new Uint8Array(32);
    const message = { topic: 'tox/request', payload: 'Hi', friend: '00'.repeat(32) };
    assert.deepEqual(requestFields({ friend, text: 'Hi', leftOut: 0 }), message);
    assert.deepEqual(requestFields({ friend, text: 'Hi', leftOut: 3 }), { ...message, leftOut: 3 });
  });
});
