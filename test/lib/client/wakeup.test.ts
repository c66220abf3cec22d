import assert from 'node:assert/strict';
import { Wakeup } from '../../../lib/client/wakeup';
import { outboxEntry, serviceEntry } from './support/entries';
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
    for (let i = 0; i < 3; i += 1) wakeup.all();
    assert.equal(looks, 0);
    await time.advance(1);
    assert.equal(looks, 1);
    wakeup.all();
    await time.advance(1);
    assert.equal(looks, 2);
  });

  it('is once more for a call while its listener looks', async () => {
    wakeup.listen(() => {
      looks += 1;
      if (looks === 1) wakeup.all();
    });
    wakeup.all();
    await time.advance(5);
    assert.equal(looks, 2);
  });

  it('does nothing while nobody listens, and leaves no timer', async () => {
    wakeup.all();
    assert.equal(time.pendingTimers, 0);
    wakeup.listen(() => (looks += 1));
    wakeup.all();
    wakeup.stop();
    assert.equal(time.pendingTimers, 0);
    wakeup.all();
    await time.advance(1);
    assert.equal(looks, 0);
  });

  it('names what may go another way, and nothing twice', async () => {
    const [bob, message, mail] = [new Uint8Array(32).fill(1), outboxEntry(), serviceEntry()];
    const heard: unknown[] = [];
    wakeup.listen(({ all, friends, messages, mail: service }) =>
      heard.push([all, [...friends], [...messages], [...service]]),
    );
    for (let i = 0; i < 2; i += 1) {
      wakeup.friend(bob);
      wakeup.message(message);
      wakeup.mail(mail);
    }
    await time.advance(1);
    assert.deepEqual(heard.splice(0), [[false, [bob], [message], [mail]]]);
    wakeup.all();
    await time.advance(1);
    assert.deepEqual(heard, [[true, [], [], []]]);
  });
});
