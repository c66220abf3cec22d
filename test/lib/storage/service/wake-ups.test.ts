import assert from 'node:assert/strict';
import { WakeUps } from '../../../../lib/storage/service/wake-ups';
import { SimulatedTime } from '../../../../lib/testing/simulated-platform';

const bob = new Uint8Array(32).fill(1);
const cat = new Uint8Array(32).fill(2);
const MINUTE = 60_000;

describe('the word to a node’s owner that mail waits', () => {
  let time: SimulatedTime;
  let wakeUps: WakeUps;
  let told: string;

  beforeEach(() => {
    time = new SimulatedTime();
    told = '';
    wakeUps = new WakeUps(time.timers, (recipient) => (told += recipient === bob ? 'b' : 'c'));
  });

  it('comes at once, and for each recipient at most once in 10 minutes', async () => {
    wakeUps.mailCame(bob);
    wakeUps.mailCame(bob);
    wakeUps.mailCame(cat);
    assert.equal(told, 'bc');
    await time.advance(10 * MINUTE - 1);
    assert.equal(told, 'bc');
    await time.advance(1);
    assert.equal(told, 'bcb', 'of what came in between');
    await time.advance(60 * MINUTE);
    assert.equal(told, 'bcb');
    wakeUps.mailCame(cat);
    assert.equal(told, 'bcbc');
  });

  it('does not come any more once the recipient is no friend, or the node stops, and leaves no timer', () => {
    wakeUps.mailCame(bob);
    wakeUps.mailCame(cat);
    wakeUps.forget(bob);
    assert.equal(time.pendingTimers, 1);
    wakeUps.stop();
    assert.equal(time.pendingTimers, 0);
  });
});
