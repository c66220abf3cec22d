import assert from 'node:assert/strict';
import { textOf } from '../../../support/text-of';
import { MINUTE, SECOND, World, type Device } from '../../../support/world';

const FULL = process.env['FULL'] === '1';
/** 10,000 take over a minute of processor time. */
const MESSAGES = FULL ? 10_000 : 600;
/** So many receipts are due before mail carries them, and so long it may take after that. */
const MOST_UNDER_WAY = 201 + 60;

describe('friends who are online but never together, with a node between them', function () {
  this.timeout(FULL ? 3_600_000 : 300_000);

  let world: World;
  let device: Device;
  let phone: Device;

  beforeEach(async () => {
    world = new World('stream');
    device = await world.add('Device');
    phone = await world.add('Phone');
    await world.add('Home Pi');
    await world.settle();
    for (const each of [device, phone]) await each.stop();
    world.strangers('Device', 'Phone');
    for (const each of [device, phone]) await each.start();
    await world.run(5 * SECOND);
  });

  afterEach(() => world.stop());

  /** Each says its number once a second. @returns delays in milliseconds, and the most messages in one outbox */
  async function stream(count: number, ...ways: [from: Device, to: Device][]) {
    const began = world.time.clock.monotonic();
    const delays: number[] = [];
    const errors: unknown[] = [];
    let most = 0;
    for (const [, to] of ways) {
      to.handle = (message) => {
        delays.push(world.time.clock.monotonic() - began - Number(textOf(message)) * SECOND);
        return 'done';
      };
    }
    for (let n = 0; n < count; n += 1) {
      for (const [from, to] of ways) {
        from.manager.sendAsyncMessage(to.pk, `${n}`).catch((error: unknown) => errors.push(error));
      }
      await world.run(SECOND);
      most = Math.max(most, ...ways.map(([from]) => from.manager.counts().unfinished));
    }
    await world.run(10 * SECOND);
    assert.deepEqual(errors, []);
    return { delays: delays.sort((a, b) => a - b), most };
  }

  const numbers = (count: number) => Array.from({ length: count }, (_, n) => `${n}`);
  const delivered = ({ outcomes }: Device) => outcomes.filter(({ state }) => state === 'delivered').length;

  it(`stream ${MESSAGES} messages, one a second: in order, none refused, none lost, none a second late`, async () => {
    const { delays, most } = await stream(MESSAGES, [device, phone]);
    assert.deepEqual(phone.texts, numbers(MESSAGES));
    const [median, worst] = [delays[MESSAGES >> 1], delays.at(-1)];
    assert.ok(median !== undefined && median < SECOND / 2, `the median is ${median} ms`);
    assert.ok(worst !== undefined && worst < SECOND, `the worst is ${worst} ms`);
    assert.ok(most <= MOST_UNDER_WAY, `${most} messages waited for their receipts`);
    await world.run(11 * MINUTE);
    assert.deepEqual([delivered(device), device.manager.counts().unfinished], [MESSAGES, 0]);
    assert.deepEqual([device.errors, phone.errors], [[], []]);
  });

  it('stream both ways at once', async () => {
    const { delays } = await stream(250, [device, phone], [phone, device]);
    for (const each of [device, phone]) assert.deepEqual(each.texts, numbers(250));
    const worst = delays.at(-1);
    assert.ok(worst !== undefined && worst < SECOND, `the worst is ${worst} ms`);
    await world.run(11 * MINUTE);
    assert.deepEqual([delivered(device), delivered(phone)], [250, 250]);
  });
});
