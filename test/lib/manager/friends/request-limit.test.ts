import assert from 'node:assert/strict';
import { RequestLimit } from '../../../../lib/manager/friends/request-limit';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('friend requests that are left to a person', () => {
  let now: number;
  let limit: RequestLimit;
  /** Of a flood of one each 100 ms, what is told in `ms`. */
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

  it('are told at most 20 at once, and then one a minute, which counts those before it', () => {
    assert.deepEqual(flood(50_000), Array<number>(20).fill(0));
    assert.deepEqual(flood(10 * MINUTE), [580, ...Array<number>(9).fill(599)]);
  });

  it('are all told when they come one at a time', () => {
    for (let n = 0; n < 100; n += 1, now += MINUTE) assert.equal(limit.take(), 0);
  });

  it('are 20 at once again after 20 minutes without any', () => {
    flood(DAY);
    now += 20 * MINUTE;
    assert.equal(flood(100).length, 1);
    assert.equal(flood(10_000).length, 19);
  });
});
