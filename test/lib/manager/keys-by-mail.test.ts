import assert from 'node:assert/strict';
import type { ServiceContent } from '../../../lib/client/journal/service-mail';
import { DAY, HOUR, MINUTE, World, type Device } from '../../support/world';
import { alone, asleep, keysOf, strangers } from './support/mail-between-strangers';

interface KeysMail {
  readonly messageId: Uint8Array;
  readonly lifetime: number;
  readonly content: ServiceContent;
}

/** Keys for others that wait or lie on nodes. */
const keysMail = ({ memory }: Device) =>
  memory.table<KeysMail>('service-mail').filter(({ content }) => content.kind === 'keys');

describe('keys by mail', () => {
  let world: World;
  let device: Device;
  let phone: Device;
  let pi: Device;

  beforeEach(async () => {
    ({ world, device, phone, pi } = await strangers('keys by mail'));
  });

  afterEach(() => world.stop());

  /** The device has 19 keys of the phone's left, and the phone has seen it. */
  async function useUp(): Promise<void> {
    for (let i = 0; i < 85; i += 1) await device.send(phone, `message ${i}`);
    await alone(world, device, 3 * MINUTE);
  }

  it('keep two friends talking who met once', async function () {
    this.timeout(60_000);
    let sent = 0;
    for (let round = 0; round < 12; round += 1) {
      for (let i = 0; i < 15; i += 1, sent += 1) await device.send(phone, `message ${sent}`);
      await alone(world, device, 3 * MINUTE);
      await alone(world, phone, 3 * MINUTE);
    }
    await alone(world, device, 3 * MINUTE);
    await alone(world, phone, 3 * MINUTE);
    assert.equal(phone.received.length, sent);
    assert.equal(new Set(phone.texts).size, sent);
    assert.ok(sent > 104);
  });

  it('go when the stock falls below 28, of which 8 are for urgent messages, 40 at once, and are acknowledged by their receipt', async () => {
    for (let i = 0; i < 76; i += 1) await device.send(phone, `message ${i}`);
    await alone(world, device, 3 * MINUTE);
    assert.equal(keysOf(device, phone).held, 28);
    await alone(world, phone, 3 * MINUTE);
    assert.deepEqual(keysMail(phone), [], 'no need yet');
    await device.send(phone, 'one more');
    await alone(world, device, 3 * MINUTE);
    await alone(world, phone, 3 * MINUTE);
    const [mail] = keysMail(phone);
    assert.equal(mail?.content.kind, 'keys');
    assert.equal(keysMail(phone).length, 1);
    assert.equal(mail.lifetime, 7 * 86_400);
    assert.equal(keysOf(phone, device).issued, 27 + 40);
    await alone(world, device, 3 * MINUTE);
    // One of them sealed the receipt.
    assert.equal(keysOf(device, phone).held, 27 + 40 - 1);
    assert.equal(keysOf(device, phone).sendable, 27 + 40 - 1 - 4);
    await alone(world, phone, 3 * MINUTE);
    assert.deepEqual(keysMail(phone), [], 'the receipt of it came');
    await alone(world, phone, 10 * MINUTE);
    assert.deepEqual(keysMail(phone), [], 'and the stock is reckoned good');
  });

  it('are done, too, when one of them is seen used', async () => {
    await useUp();
    await alone(world, phone, 3 * MINUTE);
    const before = await pi.memory.copy();
    await alone(world, device, 3 * MINUTE);
    // The node loses the receipt, but not the messages that come after.
    await pi.stop();
    await pi.memory.restore(before);
    await pi.start();
    for (let i = 0; i < 25; i += 1) await device.send(phone, `later ${i}`);
    await alone(world, device, 3 * MINUTE);
    assert.equal(keysMail(phone).length, 1);
    await alone(world, phone, 3 * MINUTE);
    await alone(world, phone, MINUTE);
    assert.ok(phone.texts.includes('later 24'));
    assert.deepEqual(keysMail(phone), []);
  });

  it('are followed by another batch when the life of the mail ends', async () => {
    await useUp();
    await alone(world, phone, 3 * MINUTE);
    const [first] = keysMail(phone);
    assert.ok(first);
    await asleep(world, pi, 7 * DAY - HOUR);
    await alone(world, phone, 3 * MINUTE);
    assert.deepEqual(keysMail(phone)[0]?.messageId, first.messageId);
    await asleep(world, pi, 2 * HOUR);
    await alone(world, phone, 3 * MINUTE);
    const [second] = keysMail(phone);
    assert.ok(second);
    assert.notDeepEqual(second.messageId, first.messageId);
    assert.notDeepEqual(second.content, first.content);
    assert.equal(keysMail(phone).length, 1);
    await alone(world, device, 3 * MINUTE);
    assert.equal(keysOf(device, phone).held, 19 + 40 - 1);
  });

  it('count each deposit as a sending of their batch', async () => {
    await useUp();
    await alone(world, phone, 3 * MINUTE);
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
    await alone(world, phone, 3 * MINUTE);
    assert.ok(sentAfter() > 21 * 3600);
  });

  it('are the exchange of the next meeting, before any new batch', async () => {
    await useUp();
    await alone(world, phone, 3 * MINUTE);
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
    await alone(world, phone, 3 * MINUTE);
    assert.deepEqual(keysMail(phone), []);
    await asleep(world, pi, 4 * HOUR);
    await alone(world, phone, 3 * MINUTE);
    assert.equal(keysMail(phone).length, 1);
    await alone(world, device, 3 * MINUTE);
    // One sealed keys of its own for the phone, one the receipt.
    assert.equal(keysOf(device, phone).held, 104 + 40 - 2);
    await alone(world, phone, 3 * MINUTE);
    await alone(world, phone, 3 * MINUTE);
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
    await alone(world, phone, 3 * MINUTE);
    await alone(world, device, 3 * MINUTE);
    await alone(world, phone, 3 * MINUTE);
    await alone(world, device, 3 * MINUTE);
    await alone(world, phone, 3 * MINUTE);
    assert.ok(phone.statesOf(receipt).includes('delivered'));
  });

  it('are asked for with the last four keys, which seal nothing else', async function () {
    this.timeout(60_000);
    for (let i = 0; i < 101; i += 1) await device.send(phone, `message ${i}`, { urgent: true });
    assert.equal(keysOf(device, phone).sendable, 0);
    assert.equal(keysOf(device, phone).held, 4);
    await alone(world, device, 3 * MINUTE);
    assert.equal(keysOf(device, phone).held, 3, 'one asked for keys');
    await alone(world, device, HOUR);
    assert.equal(keysOf(device, phone).held, 3, 'at most once a day');
    await alone(world, phone, 3 * MINUTE);
    await alone(world, device, 3 * MINUTE);
    await alone(world, phone, 3 * MINUTE);
    assert.equal(phone.received.length, 101);
    assert.equal(phone.texts.at(-1), 'message 100');
  });
});
