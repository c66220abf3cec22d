import assert from 'node:assert/strict';
import { MailHints } from '../../../../lib/storage/service/mail-hints';
import { SimulatedTime } from '../../../../lib/testing/simulated-platform';

const bob = new Uint8Array(32).fill(1);
const cat = new Uint8Array(32).fill(2);

describe('hints of new mail', () => {
  let time: SimulatedTime;
  let hints: MailHints;
  let told: string;

  beforeEach(() => {
    time = new SimulatedTime();
    told = '';
    hints = new MailHints(time.timers, (recipient) => {
      told += recipient === bob ? 'b' : 'c';
      return true;
    });
  });

  it('go out at once, and to each recipient once a second at most', async () => {
    hints.mailCame(bob);
    hints.mailCame(cat);
    hints.mailCame(bob);
    hints.mailCame(bob);
    await time.advance(999);
    assert.equal(told, 'bc');
    await time.advance(1);
    assert.equal(told, 'bcb', 'of what came in between');
    hints.mailCame(bob);
    await time.advance(999);
    assert.equal(told, 'bcb', 'a second from that one');
    await time.advance(1);
    assert.equal(told, 'bcbb');
  });

  it('are at once again after a second without mail', async () => {
    hints.mailCame(bob);
    await time.advance(1_000);
    assert.equal(told, 'b');
    hints.mailCame(bob);
    assert.equal(told, 'bb');
  });

  it('that were held back are forgotten at the end', async () => {
    hints.mailCame(bob);
    hints.mailCame(bob);
    hints.stop();
    assert.equal(time.pendingTimers, 0);
    assert.equal(told, 'b');
  });
});
