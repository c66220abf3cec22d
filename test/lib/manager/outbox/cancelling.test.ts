import assert from 'node:assert/strict';
import { MINUTE, waitFor, World, type Device } from '../../../support/world';

describe('a message that is cancelled', () => {
  let world: World;
  let device: Device;
  let phone: Device;
  let pi: Device;

  beforeEach(async () => {
    world = new World('cancelling');
    device = await world.add('Device');
    phone = await world.add('Phone');
    pi = await world.add('Home Pi');
    await world.settle();
    await phone.online(false);
    await world.run(MINUTE);
  });

  afterEach(() => world.stop());

  const cancel = async ({ messageId }: { messageId: Uint8Array }) =>
    waitFor(world.time, device.manager.cancel(phone.pk, messageId));
  const last = () => {
    const { state, mayArrive } = device.outcomes.at(-1) ?? {};
    return [state, mayArrive];
  };

  it('never arrives, and says so, when nothing of it had left', async () => {
    await device.online(false);
    const receipt = await device.send(phone, 'leak');
    assert.equal(await cancel(receipt), true);
    assert.deepEqual(last(), ['cancelled', undefined]);
    assert.equal(device.manager.counts().queued, 0);
    await device.online(true);
    await phone.online(true);
    const next = await device.send(phone, 'another');
    await world.until('delivered', () => device.statesOf(next).includes('delivered'));
    await world.run(10 * MINUTE);
    assert.deepEqual(phone.texts, ['another']);
    assert.deepEqual(device.statesOf(receipt), ['cancelled']);
  });

  it('may arrive when a node has it, and ends once all the same', async () => {
    const receipt = await device.send(phone, 'leak');
    await world.until('stored', () => device.statesOf(receipt).includes('stored'));
    await cancel(receipt);
    assert.deepEqual(last(), ['cancelled', true]);
    await phone.online(true);
    await world.until('received', () => phone.texts.length > 0);
    await world.run(10 * MINUTE);
    assert.deepEqual(device.statesOf(receipt), ['stored', 'cancelled']);
  });

  it('may have left an earlier process, since nobody knows', async () => {
    await device.online(false);
    const receipt = await device.send(phone, 'leak');
    await device.crash();
    await device.start({ online: false });
    assert.equal(await cancel(receipt), true);
    assert.deepEqual(last(), ['cancelled', true]);
  });

  it('leaves no more chunks of a large one, which does not come to be whole', async () => {
    const bytes = new Uint8Array(200_000).map((_, i) => (i * 7919) >>> 3);
    const receipt = await device.send(phone, bytes, { compress: 'off' });
    const kept = () => pi.manager.getStorageStats().totalMessages;
    for (let i = 0; i < 1_000 && kept() < 3; i += 1) await world.run(5);
    await cancel(receipt);
    assert.deepEqual(last(), ['cancelled', true]);
    await world.run(10 * MINUTE);
    assert.ok(kept() >= 3 && kept() < 30, `${kept()} of 39 pieces`);
    await phone.online(true);
    await world.run(10 * MINUTE);
    assert.deepEqual([phone.received.length, device.statesOf(receipt)], [0, ['cancelled']]);
  });

  it('is not found when it ended, was sent to another friend, or never was', async () => {
    const receipt = await device.send(phone, 'leak');
    assert.equal(await cancel({ messageId: new Uint8Array(32) }), false);
    await cancel(receipt);
    assert.equal(await cancel(receipt), false);
    assert.deepEqual(device.outcomes.filter(({ state }) => state === 'cancelled').length, 1);
  });
});
