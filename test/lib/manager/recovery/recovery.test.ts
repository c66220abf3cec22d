import assert from 'node:assert/strict';
import type { SendReceipt } from '../../../../lib/client/messages';
import { MINUTE, World, type Device } from '../../../support/world';

describe('after a restore or a lost vault', () => {
  let world: World;
  let device: Device;
  let phone: Device;

  beforeEach(async () => {
    world = new World('recovery');
    device = await world.add('Device');
    phone = await world.add('Phone');
    await world.add('Home Pi');
    await world.settle();
  });

  afterEach(() => world.stop());

  it('seals a message again, under the same id, when the recipient lost its keys', async () => {
    const backup = await phone.memory.copy();
    // Keys that the backup does not know come into use.
    await phone.online(false);
    await world.run(MINUTE);
    for (let i = 0; i < 90; i += 1) await device.send(phone, `before ${i}`);
    await phone.online(true);
    await world.until('all arrived and the stock is full', () => {
      return phone.received.length === 90 && (keysFor(device, phone)?.held ?? 0) > 90;
    });
    await phone.online(false);
    await world.run(MINUTE);
    const texts = Array.from({ length: 20 }, (_, i) => `after ${i}`);
    const receipts: SendReceipt[] = [];
    for (const text of texts) receipts.push(await device.send(phone, text));
    await phone.stop();
    await phone.memory.restore(backup);
    phone.received.length = 0;
    await phone.start();
    await world.until('delivered', () =>
      receipts.every((receipt) => device.statesOf(receipt).includes('delivered')),
    );
    for (const text of texts) assert.equal(phone.texts.filter((t) => t === text).length, 1, text);
  });

  it('never uses a key twice after the sender was restored', async () => {
    const backup = await device.memory.copy();
    await device.send(phone, 'before the restore');
    await world.until('received', () => phone.received.length === 1);
    await device.stop();
    await device.memory.restore(backup);
    await device.start();
    await world.settle();
    const receipt = await device.send(phone, 'after the restore');
    await world.until('delivered', () => device.statesOf(receipt).includes('delivered'));
    assert.deepEqual(phone.texts, ['before the restore', 'after the restore']);
  });

  it('heals a lost vault: keys are exchanged again and messages in flight arrive', async () => {
    await phone.online(false);
    await world.run(MINUTE);
    const receipt = await device.send(phone, 'in flight');
    await world.until('stored', () => device.statesOf(receipt).includes('stored'));
    await phone.stop();
    await phone.memory.disk.remove('/data/vault');
    await phone.start();
    await world.until('delivered', () => device.statesOf(receipt).includes('delivered'));
    assert.deepEqual(phone.texts, ['in flight']);
  });

  describe('with messages in the inbox', () => {
    const lost = () => phone.events.filter(({ event }) => event === 'message-lost').length;

    async function loseVault(): Promise<void> {
      await phone.stop();
      await phone.memory.disk.remove('/data/vault');
      await phone.start();
      await world.run(MINUTE);
    }

    /** A message that comes from the node while its sender is away, so that no receipt can go out. */
    async function receiveUnreceipted(): Promise<SendReceipt> {
      await phone.online(false);
      const receipt = await device.send(phone, 'leak');
      await world.until('stored', () => device.statesOf(receipt).includes('stored'));
      await device.online(false);
      await phone.online(true);
      return receipt;
    }

    it('withdraws one whose receipt was never sent: it comes again, under its id, once', async () => {
      phone.manager.setMessageHandler(undefined);
      const receipt = await receiveUnreceipted();
      await world.until('waiting', () => phone.manager.counts().waiting === 1);
      await loseVault();
      assert.deepEqual(phone.texts, []);
      assert.equal(lost(), 0);
      await device.online(true);
      await world.until('delivered', () => device.statesOf(receipt).includes('delivered'));
      await world.run(MINUTE);
      assert.deepEqual(phone.texts, ['leak']);
      assert.equal(phone.received[0]?.redelivered, false);
    });

    it('names one whose receipt was sent as lost', async () => {
      phone.manager.setMessageHandler(undefined);
      const receipt = await device.send(phone, 'leak');
      await world.until('delivered', () => device.statesOf(receipt).includes('delivered'));
      await loseVault();
      assert.deepEqual(phone.texts, []);
      assert.equal(phone.manager.counts().waiting, 0);
      assert.equal(lost(), 1);
    });

    it('names one whose receipt went out at a meeting as lost, although nobody confirmed it', async () => {
      phone.manager.setMessageHandler(undefined);
      const receipt = await receiveUnreceipted();
      await world.until('waiting', () => phone.manager.counts().waiting === 1);
      await device.online(true);
      // The sender has just heard of it: what it says to that is still on its way.
      while (!device.statesOf(receipt).includes('delivered')) await world.run(1);
      world.network.drop(device.pk, phone.pk);
      assert.equal(phone.memory.table('owed-receipt').length, 1, 'it is not confirmed');
      await loseVault();
      assert.equal(lost(), 1);
      assert.deepEqual(phone.texts, []);
    });

    it('does not hand over again what the handler had', async () => {
      phone.handle = () => 'later';
      const receipt = await receiveUnreceipted();
      await world.until('handed', () => phone.received.length === 1);
      await loseVault();
      await device.online(true);
      await world.until('delivered', () => device.statesOf(receipt).includes('delivered'));
      await world.run(MINUTE);
      assert.equal(phone.received.length, 1);
    });
  });

  it('fails a message whose plaintext is lost when it needs a new key', async () => {
    await phone.online(false);
    await world.run(MINUTE);
    const receipt = await device.send(phone, 'in flight');
    await world.until('stored', () => device.statesOf(receipt).includes('stored'));
    for (const each of [device, phone]) {
      await each.stop();
      await each.memory.disk.remove('/data/vault');
      await each.start();
    }
    await world.until('failed', () => device.statesOf(receipt).includes('failed'));
    assert.equal(device.outcomes.at(-1)?.code, 'lost');
  });

  it('warns that an identity was restored or runs twice when a friend has keys it did not issue', async () => {
    const send = async (count: number) => {
      for (let i = 0; i < count; i += 1) await device.send(phone, `message ${i}`);
      await world.until('delivered', () => device.manager.counts().unfinished === 0);
    };
    await send(80);
    const backup = await phone.memory.copy();
    await send(10);
    await world.until('refreshed', () => (keysFor(device, phone)?.held ?? 0) > 90);
    assert.ok(!phone.events.some(({ event }) => event === 'identity-in-use-elsewhere'));
    await phone.stop();
    await phone.memory.restore(backup);
    await phone.start();
    await world.until('noticed', () =>
      phone.events.some(({ event }) => event === 'identity-in-use-elsewhere'),
    );
  });
});

function keysFor(holder: Device, owner: Device) {
  return holder.manager.getPreKeyStats().get(Buffer.from(owner.pk).toString('hex'));
}
