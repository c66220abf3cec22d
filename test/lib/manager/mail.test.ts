import assert from 'node:assert/strict';
import { sameBytes, toHex } from '../../../lib/bytes';
import type { SendReceipt } from '../../../lib/client/messages';
import type { ServiceContent } from '../../../lib/client/journal/service-mail';
import { ENVELOPE_SIZES } from '../../../lib/protocol/envelope/envelope';
import { DAY, HOUR, MINUTE, World, type Device } from '../../support/world';

/** Two friends who meet once, and then only ever one of them is online, with a node between them. */
async function strangers(seed: string, options: Parameters<World['add']>[1] = {}) {
  const world = new World(seed);
  const device = await world.add('Device', options);
  const phone = await world.add('Phone', options);
  const pi = await world.add('Home Pi');
  await world.settle();
  await phone.online(false);
  await device.online(false);
  await world.run(MINUTE);
  return { world, device, phone, pi };
}

const keysOf = (holder: Device, owner: Device) => {
  const stats = holder.manager.getPreKeyStats().get(toHex(owner.pk));
  assert.ok(stats);
  return stats;
};

/** How many receipts the device owes anybody. */
const owed = ({ memory }: Device) => memory.table('owed-receipt').length;

interface KeysMail {
  readonly messageId: Uint8Array;
  readonly lifetime: number;
  readonly content: ServiceContent;
}

/** Keys for others that wait or lie on nodes. */
const keysMail = ({ memory }: Device) =>
  memory.table<KeysMail>('service-mail').filter(({ content }) => content.kind === 'keys');

/** Everybody is switched off for a while; then the node alone is online. */
async function asleep(world: World, pi: Device, ms: number): Promise<void> {
  for (const each of world.devices) await each.stop();
  await world.run(ms);
  for (const each of world.devices) await each.start({ online: each === pi });
}

describe('receipts by mail', () => {
  let world: World;
  let device: Device;
  let phone: Device;
  let pi: Device;

  beforeEach(async () => {
    ({ world, device, phone, pi } = await strangers('receipts by mail'));
  });

  afterEach(() => world.stop());

  /** `who` alone is online for a while. */
  async function alone(who: Device, ms = 2 * MINUTE): Promise<void> {
    await who.online(true);
    await world.run(ms);
    await who.online(false);
    await world.run(MINUTE);
  }

  async function send(text: string): Promise<SendReceipt> {
    const receipt = await device.send(phone, text);
    await alone(device);
    assert.ok(device.statesOf(receipt).includes('stored'));
    return receipt;
  }

  it('tell the sender that its message arrived although the two never meet', async () => {
    const receipt = await send('leak');
    await alone(phone);
    assert.deepEqual(phone.texts, ['leak']);
    await alone(device);
    assert.deepEqual(device.statesOf(receipt), ['queued', 'stored', 'delivered']);
    assert.equal(device.outcomes.at(-1)?.via, 'stored');
    assert.deepEqual(device.received, [], 'it is not handed over');
  });

  it('cost a key, no place in the outbox, and are never receipted', async () => {
    await send('leak');
    const before = keysOf(phone, device).sendable;
    await phone.online(true);
    await world.until('mailed', () => keysOf(phone, device).sendable === before - 1);
    assert.equal(phone.manager.counts().unfinished, 0);
    await world.run(MINUTE);
    await phone.online(false);
    await alone(device);
    assert.equal(owed(phone), 1, 'owed until a meeting confirms it');
    assert.equal(owed(device), 0);
    assert.equal(device.manager.counts().unfinished, 0);
  });

  it('show a node the minute in which a message was taken, and otherwise look like any of their size', async () => {
    const mailed: Uint8Array[] = [];
    for (const text of ['one', 'two']) {
      await send(text);
      await phone.online(true);
      const envelope = () => phone.memory.table<{ envelope: Uint8Array }>('service-mail').at(-1)?.envelope;
      const before = mailed.at(-1);
      await world.until('mailed', () => {
        const last = envelope();
        return last !== undefined && (before === undefined || !sameBytes(last, before));
      });
      assert.ok(phone.texts.includes(text), 'right after it took one');
      mailed.push(envelope() ?? assert.fail('there is no mail'));
      await world.run(11 * MINUTE);
      await phone.online(false);
    }
    const [first, second] = mailed as [Uint8Array, Uint8Array];
    assert.deepEqual([first.length, second.length], [ENVELOPE_SIZES[0], ENVELOPE_SIZES[0]]);
    assert.deepEqual(first.subarray(0, 33), second.subarray(0, 33), 'version and mailbox');
    const alike = first.subarray(33).filter((byte, i) => byte === second[33 + i]);
    assert.ok(alike.length < 12, `${alike.length} of ${first.length - 33} bytes are alike`);
  });

  it('go at most once in 10 minutes, with all that is due by then', async () => {
    await send('one');
    await phone.online(true);
    await world.run(MINUTE);
    const before = keysOf(phone, device).sendable;
    await phone.online(false);
    await send('two');
    await send('three');
    await phone.online(true);
    await world.run(2 * MINUTE);
    assert.equal(phone.received.length, 3);
    assert.equal(keysOf(phone, device).sendable, before);
    await world.run(10 * MINUTE);
    assert.equal(keysOf(phone, device).sendable, before - 1);
    await phone.online(false);
    await alone(device);
    assert.equal(device.manager.counts().unfinished, 0);
  });

  it('go once more when the message turns up again 12 hours later, and not before', async () => {
    const receipt = await send('leak');
    await alone(phone);
    const after = keysOf(phone, device).sendable;
    // The mail of the receipt is dropped by the node after a day; so is the message, and its sender stores it again.
    await asleep(world, pi, 25 * HOUR);
    await device.online(true);
    await world.until('stored again', () => pi.manager.getStorageStats().totalMessages === 1);
    assert.deepEqual(device.statesOf(receipt), ['queued', 'stored']);
    await device.online(false);
    await alone(phone);
    assert.equal(keysOf(phone, device).sendable, after - 1);
    assert.equal(phone.received.length, 1);
    await alone(phone, 30 * MINUTE);
    assert.equal(keysOf(phone, device).sendable, after - 1);
    await alone(device);
    assert.deepEqual(device.statesOf(receipt), ['queued', 'stored', 'delivered']);
  });

  it('are not sealed again for a copy that another node still had', async () => {
    await world.add('Second Pi');
    await device.online(true);
    await world.run(MINUTE);
    await device.online(false);
    await send('leak');
    await alone(phone);
    const after = keysOf(phone, device).sendable;
    await alone(phone, HOUR);
    assert.equal(keysOf(phone, device).sendable, after);
  });

  it('live for 24 hours and are deposited once', async () => {
    await send('leak');
    await alone(phone);
    assert.deepEqual(
      phone.memory.table<{ lifetime: number }>('service-mail').map(({ lifetime }) => lifetime),
      [86_400],
    );
    assert.equal(pi.manager.getStorageStats().totalMessages, 1);
    await asleep(world, pi, 23 * HOUR);
    await alone(phone);
    assert.equal(phone.memory.table('service-mail').length, 1);
    await asleep(world, pi, 2 * HOUR);
    await alone(phone);
    assert.deepEqual(phone.memory.table('service-mail'), []);
    await alone(device);
    assert.deepEqual(device.outcomes.at(-1)?.state, 'stored', 'the receipt is not on the node any more');
  });

  it('are not deposited on another node when the first is gone', async () => {
    const once = await strangers('deposited once', { limits: { copies: 1 } });
    const second = await once.world.add('Second Pi');
    await second.online(false);
    const { messageId } = await once.device.send(once.phone, 'leak');
    for (const each of [once.device, once.phone]) {
      await each.online(true);
      await once.world.run(2 * MINUTE);
      await each.online(false);
      await once.world.run(MINUTE);
    }
    assert.deepEqual(once.device.statesOf({ messageId }), ['queued', 'stored']);
    assert.equal(once.pi.manager.getStorageStats().totalMessages, 1, 'the receipt');
    await once.pi.online(false);
    await second.online(true);
    await once.phone.online(true);
    await once.world.run(3 * HOUR);
    assert.equal(once.phone.memory.table('service-mail').length, 1);
    assert.equal(second.manager.getStorageStats().totalMessages, 0);
    await once.world.stop();
  });

  it('survive a crash between the message and the mail', async () => {
    const receipt = await send('leak');
    await phone.online(true);
    await world.until('received', () => phone.received.length === 1);
    await phone.crash();
    await phone.start();
    await world.run(MINUTE);
    await phone.online(false);
    await alone(device);
    assert.ok(device.statesOf(receipt).includes('delivered'));
  });

  it('are left to the meeting while there is one', async () => {
    const receipt = await device.send(phone, 'hello');
    await phone.online(true);
    await device.online(true);
    await world.until('delivered', () => device.statesOf(receipt).includes('delivered'));
    const before = keysOf(phone, device).sendable;
    await world.run(HOUR);
    assert.equal(keysOf(phone, device).sendable, before);
  });

  it('are consumed although the inbox is full', async () => {
    const full = await strangers('full inbox', { limits: { inboxMessages: 1 } });
    full.device.handle = () => 'later';
    const only = async (who: Device) => {
      await who.online(true);
      await full.world.run(2 * MINUTE);
      await who.online(false);
      await full.world.run(MINUTE);
    };
    await full.phone.send(full.device, 'one');
    await full.phone.send(full.device, 'two');
    await only(full.phone);
    const receipt = await full.device.send(full.phone, 'leak');
    await only(full.device);
    assert.deepEqual(full.device.texts, ['one']);
    await only(full.phone);
    await only(full.device);
    assert.deepEqual(full.device.texts, ['one']);
    assert.ok(full.device.statesOf(receipt).includes('delivered'));
    await full.world.stop();
  });
});

describe('keys by mail', () => {
  let world: World;
  let device: Device;
  let phone: Device;
  let pi: Device;

  beforeEach(async () => {
    ({ world, device, phone, pi } = await strangers('keys by mail'));
  });

  afterEach(() => world.stop());

  async function alone(who: Device, ms = 3 * MINUTE): Promise<void> {
    await who.online(true);
    await world.run(ms);
    await who.online(false);
    await world.run(MINUTE);
  }

  /** The device has 19 keys of the phone's left, and the phone has seen it. */
  async function useUp(): Promise<void> {
    for (let i = 0; i < 85; i += 1) await device.send(phone, `message ${i}`);
    await alone(device);
  }

  it('keep two friends talking who met once', async function () {
    this.timeout(60_000);
    let sent = 0;
    for (let round = 0; round < 12; round += 1) {
      for (let i = 0; i < 15; i += 1, sent += 1) await device.send(phone, `message ${sent}`);
      await alone(device);
      await alone(phone);
    }
    await alone(device);
    await alone(phone);
    assert.equal(phone.received.length, sent);
    assert.equal(new Set(phone.texts).size, sent);
    assert.ok(sent > 104);
  });

  it('go when the stock falls below 28, of which 8 are for urgent messages, 40 at once, and are acknowledged by their receipt', async () => {
    for (let i = 0; i < 76; i += 1) await device.send(phone, `message ${i}`);
    await alone(device);
    assert.equal(keysOf(device, phone).held, 28);
    await alone(phone);
    assert.deepEqual(keysMail(phone), [], 'no need yet');
    await device.send(phone, 'one more');
    await alone(device);
    await alone(phone);
    const [mail] = keysMail(phone);
    assert.equal(mail?.content.kind, 'keys');
    assert.equal(keysMail(phone).length, 1);
    assert.equal(mail.lifetime, 7 * 86_400);
    assert.equal(keysOf(phone, device).issued, 27 + 40);
    await alone(device);
    // One of them sealed the receipt.
    assert.equal(keysOf(device, phone).held, 27 + 40 - 1);
    assert.equal(keysOf(device, phone).sendable, 27 + 40 - 1 - 4);
    await alone(phone);
    assert.deepEqual(keysMail(phone), [], 'the receipt of it came');
    await alone(phone, 10 * MINUTE);
    assert.deepEqual(keysMail(phone), [], 'and the stock is reckoned good');
  });

  it('are done, too, when one of them is seen used', async () => {
    await useUp();
    await alone(phone);
    const before = await pi.memory.copy();
    await alone(device);
    // The node loses the receipt, but not the messages that come after.
    await pi.stop();
    await pi.memory.restore(before);
    await pi.start();
    for (let i = 0; i < 25; i += 1) await device.send(phone, `later ${i}`);
    await alone(device);
    assert.equal(keysMail(phone).length, 1);
    await alone(phone);
    await alone(phone, MINUTE);
    assert.ok(phone.texts.includes('later 24'));
    assert.deepEqual(keysMail(phone), []);
  });

  it('are followed by another batch when the life of the mail ends', async () => {
    await useUp();
    await alone(phone);
    const [first] = keysMail(phone);
    assert.ok(first);
    await asleep(world, pi, 7 * DAY - HOUR);
    await alone(phone);
    assert.deepEqual(keysMail(phone)[0]?.messageId, first.messageId);
    await asleep(world, pi, 2 * HOUR);
    await alone(phone);
    const [second] = keysMail(phone);
    assert.ok(second);
    assert.notDeepEqual(second.messageId, first.messageId);
    assert.notDeepEqual(second.content, first.content);
    assert.equal(keysMail(phone).length, 1);
    await alone(device);
    assert.equal(keysOf(device, phone).held, 19 + 40 - 1);
  });

  it('count each deposit as a sending of their batch', async () => {
    await useUp();
    await alone(phone);
    const [mail] = keysMail(phone);
    assert.ok(mail);
    const sentAfter = () =>
      Math.max(
        ...phone.memory
          .table<{ sentAt: number; createdAt: number; acknowledged: boolean }>('issued-batch')
          .filter(({ acknowledged }) => !acknowledged)
          .map(({ sentAt, createdAt }) => sentAt - createdAt),
      );
    assert.ok(sentAfter() < 3600);
    await asleep(world, pi, 22 * HOUR);
    await alone(phone);
    assert.ok(sentAfter() > 21 * 3600);
  });

  it('are the exchange of the next meeting, before any new batch', async () => {
    await useUp();
    await alone(phone);
    const issued = keysOf(phone, device).issued;
    await pi.online(false);
    await phone.online(true);
    await device.online(true);
    await world.until('exchanged', () => keysOf(device, phone).held > 40);
    await world.run(MINUTE);
    assert.equal(keysOf(device, phone).held, 19 + 40);
    assert.equal(keysOf(phone, device).issued, issued);
    await device.online(false);
    await world.run(MINUTE);
    assert.deepEqual(keysMail(phone), []);
  });

  it('replace in good time what is over half of its age', async () => {
    for (let i = 0; i < 3; i += 1) await asleep(world, pi, 5 * DAY - HOUR);
    await alone(phone);
    assert.deepEqual(keysMail(phone), []);
    await asleep(world, pi, 4 * HOUR);
    await alone(phone);
    assert.equal(keysMail(phone).length, 1);
    await alone(device);
    // One sealed keys of its own for the phone, one the receipt.
    assert.equal(keysOf(device, phone).held, 104 + 40 - 2);
    await alone(phone);
    await alone(phone);
    assert.deepEqual(keysMail(phone), [], 'not all are old now');
  });

  it('are not mailed to a friend who is here', async () => {
    await useUp();
    await device.online(true);
    await phone.online(true);
    await world.run(5 * MINUTE);
    assert.deepEqual(keysMail(phone), []);
    assert.ok(keysOf(device, phone).held >= 100);
  });

  it('are asked for by receipts that no key is left for', async function () {
    this.timeout(60_000);
    for (let i = 0; i < 100; i += 1) await device.send(phone, `message ${i}`, { urgent: true });
    const receipt = await phone.send(device, 'to the device');
    await alone(phone);
    await alone(device);
    await alone(phone);
    await alone(device);
    await alone(phone);
    assert.ok(phone.statesOf(receipt).includes('delivered'));
  });

  it('are asked for with the last four keys, which seal nothing else', async function () {
    this.timeout(60_000);
    for (let i = 0; i < 101; i += 1) await device.send(phone, `message ${i}`, { urgent: true });
    assert.equal(keysOf(device, phone).sendable, 0);
    assert.equal(keysOf(device, phone).held, 4);
    await alone(device);
    assert.equal(keysOf(device, phone).held, 3, 'one asked for keys');
    await alone(device, HOUR);
    assert.equal(keysOf(device, phone).held, 3, 'at most once a day');
    await alone(phone);
    await alone(device);
    await alone(phone);
    assert.equal(phone.received.length, 101);
    assert.equal(phone.texts.at(-1), 'message 100');
  });
});
