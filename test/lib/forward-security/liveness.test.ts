import assert from 'node:assert/strict';
import { DAY } from './support/key-peer';
import { MailSide } from './support/mail-pair';

const FULL = process.env['FULL'] === '1';
/** In full each message is sealed and opened; else its key is spent and consumed. 40 days take over 600 batches. */
const DAYS = FULL ? 90 : 40;
const MESSAGES_A_DAY = 1440;
const STEP = 300;

describe(`two friends who write 1,440 messages a day for ${DAYS} days`, function () {
  this.timeout(FULL ? 3_600_000 : 300_000);

  let alice: MailSide;
  let bob: MailSide;

  const pass = (seconds: number) => {
    for (const { keys } of [alice, bob]) keys.age += seconds;
  };

  beforeEach(async () => {
    [alice, bob] = await MailSide.pair('liveness', FULL);
  });

  /** Each tells its stock, gets keys if it is low, and sends what waits, until nothing happens any more. */
  async function meet(): Promise<void> {
    for (;;) {
      const before = alice.waiting;
      const { issued } = bob.keys.fsm;
      issued.noteHeld(alice.keys.pk, alice.stock);
      if (issued.shortage(alice.keys.pk) > 0) await bob.keys.giveKeys(alice.keys);
      await alice.say(0);
      await bob.take();
      if (alice.waiting === before) return;
    }
  }

  it('never wait for keys for more than a meeting, when they meet once a day', async () => {
    for (let day = 1; day <= DAYS; day += 1) {
      await alice.say(MESSAGES_A_DAY);
      pass(DAY);
      await meet();
      assert.equal(alice.waiting, 0, `day ${day}`);
      for (const side of [alice, bob]) await side.sweep();
    }
    assert.equal(bob.taken, DAYS * MESSAGES_A_DAY);
  });

  it('never wait for keys, when they only leave mail for each other', async () => {
    for (let day = 1; day <= DAYS; day += 1) {
      for (let at = 0; at < DAY; at += STEP) {
        pass(STEP);
        await alice.say((MESSAGES_A_DAY * STEP) / DAY);
        assert.equal(alice.waiting, 0, `day ${day}, ${at} s`);
        for (const side of [alice, bob]) await side.take();
        for (const side of [alice, bob]) await side.serve();
      }
      for (const side of [alice, bob]) await side.sweep();
    }
    await bob.take();
    assert.equal(bob.taken, DAYS * MESSAGES_A_DAY);
  });
});
