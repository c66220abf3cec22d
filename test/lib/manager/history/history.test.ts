import assert from 'node:assert/strict';
import type { HistoryHour } from '../../../../lib/manager/history/hour';
import { DAY, HOUR, MINUTE, waitFor, World, type Device } from '../../../support/world';

describe('the hours of a session', function () {
  this.timeout(60_000);
  let world: World;
  let device: Device;
  let phone: Device;
  let node: Device;

  beforeEach(async () => {
    world = new World('hours');
    device = await world.add('Device');
    phone = await world.add('Phone');
    node = await world.add('Home Pi');
    await world.settle();
  });

  afterEach(() => world.stop());

  const last = ({ manager }: Device): Partial<HistoryHour> => manager.history().at(-1) ?? {};

  it('say what was sent, stored, delivered, received and kept for others, each of it once', async () => {
    await phone.online(false);
    for (let i = 0; i < 3; i += 1) await device.send(phone, `alert ${i}`);
    await world.until('they are stored', () => device.manager.counts().stored === 3);
    const { sent, stored, delivered, mostUnfinished } = last(device);
    assert.deepEqual([sent, stored, delivered, mostUnfinished], [3, 3, 0, 3]);
    assert.deepEqual([last(node).kept, last(node).sent, last(node).received], [3, 0, 0]);
    await world.run(2 * HOUR);
    await phone.online(true);
    await world.until('they came', () => device.manager.counts().unfinished === 0);
    assert.deepEqual([last(device).delivered, last(device).stored, last(device).failed], [3, 0, 0]);
    assert.deepEqual([last(phone).received, last(phone).kept], [3, 0]);
    assert.equal(device.manager.history().length, 2);
  });

  it('count an ordinary message that came, and a large one once', async () => {
    await device.send(phone, new Uint8Array(60_000), { compress: 'off' });
    await world.until('it came', () => phone.received.length === 1);
    assert.equal(last(phone).received, 1);
    await waitFor(world.time, device.transport.sendMessage(phone.pk, 'normal', 'Hello'));
    await world.until('it came too', () => phone.received.length === 2);
    assert.equal(last(phone).received, 2);
  });

  it('count one copy more of a message as no further message', async () => {
    await phone.online(false);
    await device.send(phone, 'leak');
    await world.until('it is stored', () => device.manager.counts().stored === 1);
    const second = await world.add('Second node');
    await world.run(10 * MINUTE);
    assert.equal(second.manager.snapshot().kept.messages, 1);
    const stored = device.manager.history().reduce((sum, hour) => sum + hour.stored, 0);
    assert.equal(stored, 1);
  });

  it('are there after a crash but for the last minute, and after a stop to the last message', async () => {
    await device.send(phone, 'one');
    await world.run(2 * MINUTE);
    const before = last(device);
    await device.crash();
    await device.start();
    assert.deepEqual([last(device).sent, last(device).delivered], [before.sent, before.delivered]);
    assert.equal(before.sent, 1);
    await world.settle();
    await device.send(phone, 'two');
    await device.stop();
    await device.start();
    assert.equal(last(device).sent, 2);
  });

  it('say nothing of whom, in the directory either', async () => {
    await device.send(phone, 'leak');
    await world.run(2 * MINUTE);
    const records = device.memory.table<Record<string, unknown>>('history');
    assert.equal(records.length, 1);
    for (const value of Object.values(records[0] ?? {})) assert.equal(typeof value, 'number');
  });

  it('cost no write while nothing happens', async () => {
    await world.run(DAY);
    const hours = device.manager.history().length;
    await world.run(2 * DAY);
    assert.equal(device.manager.history().length, hours);
    assert.equal(device.memory.table('history').length, hours);
  });
});
