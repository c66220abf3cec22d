import assert from 'node:assert/strict';
import { sameBytes } from '../../../lib/bytes';
import type { SendReceipt } from '../../../lib/client/messages';
import { ENVELOPE_SIZES } from '../../../lib/protocol/envelope/envelope';
import { HOUR, MINUTE, World, type Device } from '../../support/world';
import { alone, asleep, keysOf, strangers } from './support/mail-between-strangers';

/** How many receipts the device owes anybody. */
const owed = ({ memory }: Device) => memory.table('owed-receipt').length;

describe('receipts by mail', () => {
  let world: World;
  let device: Device;
  let phone: Device;
  let pi: Device;

  beforeEach(async () => {
    ({ world, device, phone, pi } = await strangers('receipts by mail'));
  });

  afterEach(() => world.stop());

  async function send(text: string): Promise<SendReceipt> {
    const receipt = await device.send(phone, text);
    await alone(world, device, 2 * MINUTE);
    assert.ok(device.statesOf(receipt).includes('stored'));
    return receipt;
  }

  it('tell the sender that its message arrived although the two never meet', async () => {
    const receipt = await send('leak');
    await alone(world, phone, 2 * MINUTE);
    assert.deepEqual(phone.texts, ['leak']);
    await alone(world, device, 2 * MINUTE);
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
    await alone(world, device, 2 * MINUTE);
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
    await alone(world, device, 2 * MINUTE);
    assert.equal(device.manager.counts().unfinished, 0);
  });

  it('go once more when the message turns up again 12 hours later, and not before', async () => {
    const receipt = await send('leak');
    await alone(world, phone, 2 * MINUTE);
    const after = keysOf(phone, device).sendable;
    // The mail of the receipt is dropped by the node after a day; so is the message, and its sender stores it again.
    await asleep(world, pi, 25 * HOUR);
    await device.online(true);
    await world.until('stored again', () => pi.manager.getStorageStats().totalMessages === 1);
    assert.deepEqual(device.statesOf(receipt), ['queued', 'stored']);
    await device.online(false);
    await alone(world, phone, 2 * MINUTE);
    assert.equal(keysOf(phone, device).sendable, after - 1);
    assert.equal(phone.received.length, 1);
    await alone(world, phone, 30 * MINUTE);
    assert.equal(keysOf(phone, device).sendable, after - 1);
    await alone(world, device, 2 * MINUTE);
    assert.deepEqual(device.statesOf(receipt), ['queued', 'stored', 'delivered']);
  });

  it('are not sealed again for a copy that another node still had', async () => {
    await world.add('Second Pi');
    await device.online(true);
    await world.run(MINUTE);
    await device.online(false);
    await send('leak');
    await alone(world, phone, 2 * MINUTE);
    const after = keysOf(phone, device).sendable;
    await alone(world, phone, HOUR);
    assert.equal(keysOf(phone, device).sendable, after);
  });

  it('live for 24 hours and are deposited once', async () => {
    await send('leak');
    await alone(world, phone, 2 * MINUTE);
    assert.deepEqual(
      phone.memory.table<{ lifetime: number }>('service-mail').map(({ lifetime }) => lifetime),
      [86_400],
    );
    assert.equal(pi.manager.getStorageStats().totalMessages, 1);
    await asleep(world, pi, 23 * HOUR);
    await alone(world, phone, 2 * MINUTE);
    assert.equal(phone.memory.table('service-mail').length, 1);
    await asleep(world, pi, 2 * HOUR);
    await alone(world, phone, 2 * MINUTE);
    assert.deepEqual(phone.memory.table('service-mail'), []);
    await alone(world, device, 2 * MINUTE);
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
    await alone(world, device, 2 * MINUTE);
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
    const only = (who: Device) => alone(full.world, who, 2 * MINUTE);
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
