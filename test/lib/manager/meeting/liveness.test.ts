import assert from 'node:assert/strict';
import { DAY, HOUR, MINUTE, SECOND, World, type Device } from '../../../support/world';

const FULL = process.env['FULL'] === '1';
/** Three days take over two minutes of processor time. */
const DAYS = FULL ? 3 : 1;
const DAYS_BY_MAIL = FULL ? 3 : 1 / 3;
/** The longest time in which keys have to come at a meeting. */
const MEETING = 5 * MINUTE;

describe('two sessions of which one writes 1,440 messages a day', function () {
  this.timeout(FULL ? 3_600_000 : 300_000);

  let world: World;
  let alice: Device;
  let bob: Device;
  let sent: number;

  beforeEach(() => {
    sent = 0;
  });

  afterEach(() => world.stop());

  /** One message a minute. @returns the reasons for which those of these minutes waited at first */
  async function write(minutes: number): Promise<string[]> {
    const reasons: string[] = [];
    for (let n = 0; n < minutes; n += 1) {
      const { reason } = await alice.send(bob, `${sent}`);
      if (reason !== undefined) reasons.push(reason);
      sent += 1;
      await world.run(MINUTE);
    }
    return reasons;
  }

  const inOrder = () => Array.from({ length: sent }, (_, n) => `${n}`);

  it('never waits for keys for more than a meeting, when they meet every 12 hours', async () => {
    world = new World('liveness at meetings');
    alice = await world.add('Alice');
    bob = await world.add('Bob');
    await world.settle();
    for (let hour = 0; hour < (DAYS * DAY) / HOUR; hour += 12) {
      await bob.online(false);
      await write(12 * 60 - 5);
      await bob.online(true);
      await world.until(
        `all are delivered, hour ${hour}`,
        () => alice.manager.counts().unfinished === 0,
        MEETING,
      );
      await world.run(30 * SECOND);
    }
    assert.equal(bob.received.length, sent);
    assert.deepEqual([...bob.texts].sort(byNumber), inOrder());
    assert.deepEqual([alice.errors, bob.errors], [[], []]);
  });

  it('never waits for keys, when they only leave mail for each other', async () => {
    world = new World('liveness by mail');
    alice = await world.add('Alice');
    bob = await world.add('Bob');
    await world.add('Home Pi');
    await world.settle();
    for (const each of [alice, bob]) await each.stop();
    world.strangers('Alice', 'Bob');
    for (const each of [alice, bob]) await each.start();
    for (let at = 0; at < (DAYS_BY_MAIL * DAY) / MINUTE; at += 20) {
      await bob.online(false);
      const reasons = await write(10);
      assert.ok(!reasons.includes('no-prekeys'), `minute ${at}`);
      await alice.online(false);
      await bob.online(true);
      await world.run(2 * MINUTE);
      assert.equal(bob.received.length, sent, `minute ${at}`);
      await alice.online(true);
      assert.ok(!(await write(10)).includes('no-prekeys'), `minute ${at}`);
    }
    await world.run(20 * MINUTE);
    assert.deepEqual([...bob.texts].sort(byNumber), inOrder());
    assert.deepEqual([alice.errors, bob.errors], [[], []]);
  });
});

function byNumber(a: string, b: string): number {
  return Number(a) - Number(b);
}
