import assert from 'node:assert/strict';
import { DAY } from '../../forward-security/support/key-peer';
import { MailFriend, type PostBox } from '../support/mail-friend';

const FULL = process.env['FULL'] === '1';
/** Of a busy pair; each message is sealed and opened, and each receipt goes by mail. */
const DAYS = FULL ? 60 : 1;
/** No message lives longer, days. */
const EVERYTHING_ENDED = 15;
const STEP = 300;
const STEPS = DAY / STEP;

describe('two friends who never meet again', function () {
  this.timeout(FULL ? 3_600_000 : 300_000);

  let alice: MailFriend;
  let bob: MailFriend;
  let box: PostBox;
  let both: MailFriend[];

  beforeEach(async () => {
    [alice, bob, box] = await MailFriend.pair('never again');
    both = [alice, bob];
  });

  afterEach(() => both.forEach((each) => each.stop()));

  const pass = (seconds: number) => both.forEach(({ keys }) => (keys.age += seconds));

  /** One is online twelve hours after the other, each once a day. */
  async function inTurn(days: number, messages: number): Promise<void> {
    for (let half = 0; half < 2 * days; half += 1) {
      pass(DAY / 2);
      const one = half % 2 === 0 ? alice : bob;
      await one.say(messages, 14 * DAY);
      await one.visit();
    }
  }

  /** @param texts by whom, in which of the 288 steps of a day */
  async function busyDays(texts: (side: MailFriend, step: number) => number): Promise<void> {
    for (let step = 0; step < DAYS * STEPS; step += 1) {
      pass(STEP);
      for (const side of both) await side.say(texts(side, step % STEPS));
      for (const side of both) await side.visit();
      for (const side of both) assert.equal(side.waiting, 0, `day ${Math.floor(step / STEPS)}`);
    }
  }

  it(`write 1,440 messages a day one way for ${DAYS} days, and none waits for a key`, async () => {
    await busyDays((side) => (side === alice ? 5 : 0));
    await bob.visit();
    assert.equal(bob.taken, DAYS * 1440);
    assert.ok(alice.ended('delivered') > DAYS * 1440 - 100);
    assert.equal(alice.outcomes.length, alice.ended('delivered'));
  });

  it(`write 700 messages a day both ways for ${DAYS} days, and none waits for a key`, async () => {
    await busyDays((_side, step) => (step % 7 === 0 ? 4 : 2) + (step < 40 ? 1 : 0));
    for (const side of both) await side.visit();
    assert.deepEqual([alice.taken, bob.taken], [DAYS * 700, DAYS * 700]);
  });

  it('lose none of 12 messages a day for 60 days in which a node loses every third mail', async () => {
    box.loses = 1 / 3;
    await inTurn(60, 6);
    box.loses = 0;
    await inTurn(8, 0);
    assert.deepEqual([alice.taken, bob.taken], [360, 360]);
    for (const side of both) {
      const delivered = side.ended('delivered');
      // A receipt goes by mail four times at most, and each of these may be lost.
      assert.ok(delivered >= 350, `${delivered} are known to be delivered`);
      assert.equal(delivered + side.ended('unconfirmed'), 360);
    }
    assert.deepEqual([alice.waiting, bob.waiting], [0, 0]);
  });

  it('have keys again when a node that lost everything for 40 days keeps mail again', async () => {
    box.loses = 1;
    await inTurn(40, 20);
    assert.deepEqual([alice.stock, bob.stock], [0, 0], 'there is nothing to seal another mail to');
    assert.ok(alice.waiting > 0 && bob.waiting > 0);
    box.loses = 0;
    await inTurn(EVERYTHING_ENDED, 0);
    const before = [alice.taken, bob.taken];
    await inTurn(4, 5);
    await inTurn(2, 0);
    assert.deepEqual([alice.taken, bob.taken], [(before[0] ?? 0) + 20, (before[1] ?? 0) + 20]);
    assert.deepEqual([alice.waiting, bob.waiting], [0, 0]);
  });

  it('have keys again after one of them was away for 40 days', async () => {
    for (let day = 0; day < 40; day += 1) {
      pass(DAY);
      await alice.say(10);
      await alice.visit();
    }
    assert.ok(alice.waiting > 0);
    await inTurn(EVERYTHING_ENDED, 0);
    const before = bob.taken;
    await inTurn(4, 5);
    await inTurn(2, 0);
    assert.equal(bob.taken, before + 20);
    assert.equal(alice.waiting, 0);
  });
});
