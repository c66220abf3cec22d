import assert from 'node:assert/strict';
import { DAY, HOUR, MINUTE, SECOND, World, type Device } from '../../../support/world';

describe('a message that is to have its receipt in time', () => {
  let world: World;
  let device: Device;
  let phone: Device;
  let node: Device;

  beforeEach(async () => {
    world = new World('overdue');
    device = await world.add('Device');
    phone = await world.add('Phone');
    node = await world.add('Home Pi');
    await world.settle();
  });

  afterEach(() => world.stop());

  const leave = async () => {
    await phone.online(false);
    await world.run(MINUTE);
  };

  it('is overdue once without it, and goes on', async () => {
    await leave();
    const receipt = await device.send(phone, 'leak', { overdueAfter: 300, context: 'cellar' });
    await world.run(299 * SECOND);
    assert.deepEqual(device.statesOf(receipt), ['stored']);
    await world.run(2 * SECOND);
    assert.deepEqual(device.statesOf(receipt), ['stored', 'overdue']);
    const { nodes, wanted, reason, context } = device.outcomes.at(-1) ?? assert.fail();
    assert.deepEqual([nodes, wanted, reason, context], [1, 3, undefined, 'cellar']);
    await world.run(HOUR);
    await phone.online(true);
    await world.until('delivered', () => device.statesOf(receipt).includes('delivered'));
    assert.deepEqual(device.statesOf(receipt), ['stored', 'overdue', 'delivered']);
  });

  it('is never overdue when the receipt comes before, or a cancellation', async () => {
    const prompt = await device.send(phone, 'hello', { overdueAfter: 60 });
    await world.run(SECOND);
    await leave();
    const cancelled = await device.send(phone, 'leak', { overdueAfter: 60 });
    assert.ok(await device.manager.cancel(phone.pk, cancelled.messageId));
    await world.run(HOUR);
    assert.deepEqual(device.statesOf(prompt), ['delivered']);
    assert.ok(!device.statesOf(cancelled).includes('overdue'));
  });

  it('says what it waits for', async () => {
    await leave();
    await device.online(false);
    const receipt = await device.send(phone, 'leak', { overdueAfter: 60 });
    await world.run(2 * MINUTE);
    assert.deepEqual(device.statesOf(receipt), ['overdue']);
    assert.equal(device.outcomes.at(-1)?.reason, 'not-connected');
  });

  it('is overdue after a start when its time came while the power was off, once', async () => {
    await leave();
    const receipt = await device.send(phone, 'leak', { overdueAfter: 3600 });
    await world.run(MINUTE);
    for (let start = 0; start < 2; start += 1) {
      await device.crash();
      await world.run(2 * HOUR);
      await device.start();
      await world.run(MINUTE);
    }
    assert.equal(device.statesOf(receipt).filter((state) => state === 'overdue').length, 1);
  });

  it('is overdue before its life ends, at the latest then', async () => {
    await leave();
    await node.online(false);
    await device.online(false);
    const receipt = await device.send(phone, 'leak', { overdueAfter: 14 * 24 * 3600, lifetime: 60 });
    await device.send(phone, 'first', { lifetime: 7200 });
    const both = await device.send(phone, 'leak', { overdueAfter: 3600, lifetime: 7200 });
    await world.run(2 * MINUTE);
    assert.deepEqual(device.statesOf(receipt), ['overdue', 'expired']);
    await device.crash();
    await world.run(DAY);
    await device.start({ online: false });
    await world.run(MINUTE);
    assert.deepEqual(device.statesOf(both), ['overdue', 'expired']);
  });

  it('is overdue when it is large and waits for its turn', async () => {
    await leave();
    const bytes = new Uint8Array(20_000);
    await device.send(phone, bytes, { compress: 'off' });
    const second = await device.send(phone, bytes, { compress: 'off', overdueAfter: 300 });
    await world.run(301 * SECOND);
    assert.deepEqual(device.statesOf(second), ['overdue']);
    await phone.online(true);
    await world.until('delivered', () => device.statesOf(second).includes('delivered'));
  });

  it('is refused when its time is no whole number of seconds within 14 days', async () => {
    for (const overdueAfter of [0, -1, 1.5, NaN, Infinity, 14 * 24 * 3600 + 1]) {
      await assert.rejects(device.send(phone, 'leak', { overdueAfter }), { code: 'ErrInvalidArgument' });
    }
    assert.equal(device.manager.counts().unfinished, 0);
  });
});
