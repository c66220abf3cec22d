import assert from 'node:assert/strict';
import { Wakeup } from '../../../lib/client/wakeup';
import { SimulatedTime } from '../../../lib/testing/simulated-platform';

describe('the wakeup', () => {
  let time: SimulatedTime;
  let wakeup: Wakeup;
  let looks: number;

  beforeEach(() => {
    time = new SimulatedTime();
    wakeup = new Wakeup(time);
    looks = 0;
  });

  it('has its listener look once, after the present events, however often it is called', async () => {
    wakeup.listen(() => (looks += 1));
    for (let i = 0; i < 3; i += 1) wakeup.soon();
    assert.equal(looks, 0);
    await time.advance(1);
    assert.equal(looks, 1);
    wakeup.soon();
    await time.advance(1);
    assert.equal(looks, 2);
  });

  it('is once more for a call while its listener looks', async () => {
    wakeup.listen(() => {
      looks += 1;
      if (looks === 1) wakeup.soon();
    });
    wakeup.soon();
    await time.advance(5);
    assert.equal(looks, 2);
  });

  it('does nothing while nobody listens, and leaves no timer', async () => {
    wakeup.soon();
    assert.equal(time.pendingTimers, 0);
    wakeup.listen(() => (looks += 1));
    wakeup.soon();
    wakeup.stop();
    assert.equal(time.pendingTimers, 0);
    wakeup.soon();
    await time.advance(1);
    assert.equal(looks, 0);
  });
});
