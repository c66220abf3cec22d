import assert from 'node:assert/strict';
import { HOUR, MINUTE, SECOND, World, type Device } from '../../support/world';

describe('a storage node whose owner wakes devices', () => {
  let world: World;
  let device: Device;
  let phone: Device;
  let node: Device;

  beforeEach(async () => {
    world = new World('wake-ups');
    device = await world.add('Device');
    phone = await world.add('Phone');
    node = await world.add('Home Pi');
    await world.settle();
  });

  afterEach(() => world.stop());

  const told = () =>
    node.events.filter(({ event }) => event === 'mail-waiting').map(({ value }) => value as object);

  it('hears that mail waits for a friend who is away, once in 10 minutes', async () => {
    await phone.online(false);
    await world.run(MINUTE);
    await device.send(phone, 'leak');
    await world.run(SECOND);
    assert.deepEqual(told(), [{ friend: phone.pk, waiting: 1 }]);
    await device.send(phone, 'flood');
    await world.run(5 * MINUTE);
    assert.equal(told().length, 1);
    await world.run(10 * MINUTE);
    assert.deepEqual(told()[1], { friend: phone.pk, waiting: 2 });
    await world.run(HOUR);
    assert.equal(told().length, 2);
  });

  it('hears nothing of mail that a friend has fetched by then, nor of one who is there', async () => {
    await phone.online(false);
    await world.run(MINUTE);
    await device.send(phone, 'leak');
    await world.run(SECOND);
    await device.send(phone, 'flood');
    await phone.online(true);
    await world.until('received', () => phone.texts.length === 2);
    await world.run(20 * MINUTE);
    assert.equal(told().length, 1);
  });
});
