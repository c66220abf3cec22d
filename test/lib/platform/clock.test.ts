import assert from 'node:assert/strict';
import { systemClock } from '../../../lib/platform/clock';
import { sleep, systemTimers } from '../../../lib/platform/timers';

/** What is shown in whole seconds may be wrong by one at each of two looks, ms. */
const COARSE = 2000;

describe('the clocks of the machine', () => {
  it('agree about how much time passed while it was awake', async () => {
    const look = () => {
      const earliest = systemClock.monotonic();
      const elapsed = systemClock.elapsed() ?? NaN;
      return { earliest, elapsed, latest: systemClock.monotonic() };
    };
    const before = look();
    await sleep(systemTimers, 50);
    const after = look();
    const passed = after.elapsed - before.elapsed;
    assert.ok(passed >= after.earliest - before.latest - COARSE, `only ${passed} ms`);
    assert.ok(passed <= after.latest - before.earliest + COARSE, `${passed} ms`);
  });
});
