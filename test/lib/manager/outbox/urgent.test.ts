import assert from 'node:assert/strict';
import { type Device, HOUR, MINUTE, World } from '../../../support/world';

describe('urgent messages', () => {
  let world: World;
  let sensor: Device;
  let phone: Device;

  beforeEach(async () => {
    world = new World('urgent');
    [sensor, phone] = [await world.add('sensor'), await world.add('phone')];
    await world.add('node');
    await world.settle();
    await phone.online(false);
    await world.run(MINUTE);
  });

  afterEach(() => world.stop());

  const sendable = () => sensor.manager.getPreKeyStats().get(Buffer.from(phone.pk).toString('hex'))?.sendable;

  it('have keys left when all others are used up', async () => {
    for (let i = 1; i <= 95; i++) await sensor.send(phone, `log ${i}`);
    assert.equal(sendable(), 8);
    const log = await sensor.send(phone, 'log');
    assert.equal(log.reason, 'no-prekeys');
    const alert = await sensor.send(phone, 'leak', { urgent: true });
    assert.equal(alert.reason, undefined);
    await world.until('the alert is stored', () => sensor.statesOf(alert).includes('stored'), HOUR);
    assert.deepEqual([sendable(), sensor.statesOf(log).includes('stored')], [7, false]);
  });

  it('go before others at a node that comes', async () => {
    const node = world.devices[2];
    assert.ok(node);
    await node.online(false);
    await world.run(MINUTE);
    for (let i = 1; i <= 50; i++) await sensor.send(phone, `log ${i}`);
    const alert = await sensor.send(phone, 'leak', { urgent: true });
    await node.online(true);
    await world.until('one is stored', () => sensor.outcomes.some(({ state }) => state === 'stored'));
    const first = sensor.outcomes.find(({ state }) => state === 'stored');
    assert.deepEqual(first?.messageId, alert.messageId);
  });

  it('go before others to the friend who comes', async () => {
    for (let i = 1; i <= 40; i++) await sensor.send(phone, `log ${i}`);
    await sensor.send(phone, 'leak', { urgent: true });
    await world.devices[2]?.online(false);
    await world.run(MINUTE);
    await phone.online(true);
    await world.until('all arrive', () => phone.texts.length === 41);
    assert.equal(phone.texts[0], 'leak');
  });
});
