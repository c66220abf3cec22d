import assert from 'node:assert/strict';
import { MINUTE, SECOND, World, type Device } from '../../../support/world';

describe('the diagnosis of a friend', () => {
  let world: World;
  let device: Device;
  let phone: Device;

  beforeEach(async () => {
    world = new World('diagnosis');
    device = await world.add('Device');
    phone = await world.add('Phone');
  });

  afterEach(() => world.stop());

  const codes = (of = device, friend = phone) =>
    of.manager
      .diagnose(friend.pk)
      .filter(({ friend: about }) => about !== undefined)
      .map(({ code }) => code);
  const text = (code: string) =>
    device.manager.diagnose(phone.pk).find((finding) => finding.code === code)?.text ?? '';

  it('says that the two have never met, and how they will', async () => {
    const stranger = new Uint8Array(32).fill(9);
    await device.manager.addFriend(stranger, 'Stranger');
    const finding = device.manager.diagnose(stranger).find(({ friend }) => friend !== undefined);
    assert.ok(finding?.code === 'never-met');
    assert.match(finding.text, /Stranger has never been online at the same time.*Check/);
  });

  it('says that every node refuses, why, and what to do', async () => {
    await world.add('Home Pi', { storageLimits: { maxMessagesPerRecipient: 1 } });
    await world.settle();
    await phone.online(false);
    await world.run(MINUTE);
    assert.deepEqual(codes(), ['stored']);
    await device.send(phone, 'first');
    await world.run(SECOND);
    await device.send(phone, 'second');
    await world.run(SECOND);
    assert.deepEqual(codes(), ['refused', 'queued', 'kept']);
    assert.match(text('refused'), /mailbox-share.*another storage node gives more room/);
    assert.equal(text('queued'), '1 message to Phone is waiting: refused.');
    assert.deepEqual(
      [device.manager.counts()].map(({ queued, stored, unfinished }) => [queued, stored, unfinished]),
      [[1, 1, 2]],
    );
  });

  it('says that keys of the friend died', async () => {
    await world.add('Home Pi');
    await world.settle();
    const backup = await phone.manager.exportIdentity();
    await phone.online(false);
    await world.run(MINUTE);
    await device.send(phone, 'leak');
    await world.run(SECOND);
    await phone.stop();
    const again = await world.add('Phone', { profile: backup });
    await world.until('received', () => again.texts.includes('leak'));
    assert.ok(codes(device, again).includes('dead-keys'));
  });

  it('calls a restore a restore, and a second copy one only after it has met the friend', async () => {
    await world.settle();
    const backup = await phone.manager.exportIdentity();
    await phone.stop();
    const again = await world.add('Phone', { profile: backup });
    await world.until('noticed', () => codes(again, device).includes('restored'));
    assert.ok(!codes(again, device).includes('elsewhere'));
    assert.deepEqual(
      again.events.filter(({ event }) => event.startsWith('identity')).map(({ event }) => event),
      ['identity-restored'],
    );
  });

  it('says that the clock is off, while it shows less than it did, or less than it can', async () => {
    const clock = () => device.manager.diagnose().filter(({ code }) => code === 'clock-off').length;
    world.time.stepWall(Date.UTC(2027, 0, 1) - world.time.clock.wall());
    assert.equal(clock(), 0);
    await device.stop();
    world.time.stepWall(-20 * MINUTE);
    await device.start();
    assert.equal(clock(), 1);
    await world.run(11 * MINUTE);
    assert.equal(clock(), 0);
    world.time.stepWall(Date.UTC(2020, 0, 1) - world.time.clock.wall());
    assert.equal(clock(), 1);
  });
});
