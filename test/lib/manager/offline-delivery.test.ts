import assert from 'node:assert/strict';
import { DAY, HOUR, MINUTE, SECOND, World, type Device } from '../../support/world';
import { isCode } from '../../support/is-code';

describe('an alert to a friend who is offline', () => {
  let world: World;
  let device: Device;
  let phone: Device;
  let pi: Device;

  beforeEach(async () => {
    world = new World('offline');
    device = await world.add('Device');
    phone = await world.add('Phone');
    pi = await world.add('Home Pi');
    await world.settle();
  });

  afterEach(() => world.stop());

  it('waits on the storage node and arrives when the friend is back', async () => {
    await phone.online(false);
    await world.run(MINUTE);
    const receipt = await device.send(phone, 'leak in the cellar');
    assert.equal(receipt.state, 'queued');
    assert.equal(receipt.reason, undefined);
    await world.until('stored', () => device.statesOf(receipt).includes('stored'));
    assert.equal(pi.manager.getStorageStats().totalMessages, 1);
    assert.deepEqual(phone.texts, []);
    await phone.online(true);
    await world.until('delivered', () => device.statesOf(receipt).includes('delivered'));
    assert.deepEqual(phone.texts, ['leak in the cellar']);
    assert.deepEqual(device.statesOf(receipt), ['stored', 'delivered']);
    await world.until('deleted at the node', () => pi.manager.getStorageStats().totalMessages === 0);
  });

  it('arrives while the sender is gone, and the sender learns it at the next meeting', async () => {
    await phone.online(false);
    const receipt = await device.send(phone, 'leak');
    await world.until('stored', () => device.statesOf(receipt).includes('stored'));
    await device.online(false);
    await phone.online(true);
    await world.until('received', () => phone.received.length > 0);
    assert.equal(phone.received[0]?.via, 'stored');
    await world.run(MINUTE);
    assert.deepEqual(device.statesOf(receipt), ['stored']);
    await device.online(true);
    await world.until('delivered', () => device.statesOf(receipt).includes('delivered'));
    assert.equal(device.outcomes.at(-1)?.via, 'stored');
    await world.run(10 * MINUTE);
    assert.equal(phone.received.length, 1);
  });

  it('survives a crash of everybody', async () => {
    await phone.online(false);
    const receipt = await device.send(phone, 'leak');
    await world.until('stored', () => device.statesOf(receipt).includes('stored'));
    for (const each of [device, phone, pi]) await each.crash();
    await pi.start();
    await phone.start();
    await world.until('received', () => phone.received.length > 0);
    await device.start();
    await world.until('delivered', () => device.statesOf(receipt).includes('delivered'));
    await phone.crash();
    await phone.start();
    await world.run(10 * MINUTE);
    assert.deepEqual(phone.texts, ['leak']);
    assert.equal(device.statesOf(receipt).filter((state) => state === 'delivered').length, 1);
  });

  it('says stored only after a node confirmed', async () => {
    await phone.online(false);
    await pi.online(false);
    await world.run(MINUTE);
    const receipt = await device.send(phone, 'leak');
    assert.equal(receipt.reason, 'no-storage-node');
    await world.run(HOUR);
    assert.deepEqual(device.statesOf(receipt), []);
    await pi.online(true);
    await world.until('stored', () => device.statesOf(receipt).includes('stored'));
    assert.equal(device.outcomes[0]?.reason, 'few-nodes');
    assert.equal(device.outcomes[0].nodes, 1);
    assert.equal(device.outcomes[0].wanted, 3);
  });

  it('says what it waits for without a transport or a connection', async () => {
    await device.online(false);
    assert.equal((await device.send(phone, 'one')).reason, 'not-connected');
    await device.manager.detachTransport();
    assert.equal((await device.send(phone, 'two')).reason, 'no-transport');
  });

  it('keeps the mail of a friend who only looks in, until it has it', async () => {
    await phone.online(false);
    const receipt = await device.send(phone, 'leak');
    await world.until('stored', () => device.statesOf(receipt).includes('stored'));
    await device.online(false);
    await phone.online(true);
    await phone.online(false);
    await world.run(MINUTE);
    await phone.online(true);
    await world.until('received', () => phone.received.length === 1);
  });

  it('is kept by the node until the friend has it, whenever the friend goes while it fetches', async () => {
    await phone.online(false);
    await device.send(phone, 'leak');
    await world.until('stored', () => pi.manager.getStorageStats().totalMessages === 1);
    await device.online(false);
    let visits = 0;
    for (let ms = 0; ; ms += 1) {
      assert.equal(pi.manager.getStorageStats().totalMessages, 1, `after ${visits} visits`);
      await phone.online(true);
      await world.run(ms);
      visits += 1;
      if (phone.received.length > 0) break;
      await phone.crash();
      await phone.start({ online: false });
    }
    assert.ok(visits > 3);
    assert.deepEqual(phone.texts, ['leak']);
  });

  it('has its 1372 bytes to the last one, directly and through a node', async () => {
    const longest = 'é'.repeat(685) + 'aZ';
    assert.equal(Buffer.byteLength(longest), 1372);
    await device.send(phone, longest);
    await world.until('received', () => phone.received.length === 1);
    await phone.online(false);
    await world.run(MINUTE);
    await device.send(phone, longest);
    await world.until('stored', () => pi.manager.getStorageStats().totalMessages === 1);
    await device.online(false);
    await phone.online(true);
    await world.until('received again', () => phone.received.length === 2);
    assert.deepEqual(
      phone.received.map(({ via }) => via),
      ['direct', 'stored'],
    );
    assert.deepEqual(phone.texts, [longest, longest]);
  });

  it('is deposited again before the node drops it', async function () {
    this.timeout(120_000);
    await phone.online(false);
    const receipt = await device.send(phone, 'leak');
    await world.run(1.5 * DAY);
    assert.equal(pi.manager.getStorageStats().totalMessages, 1);
    await device.online(false);
    await phone.online(true);
    await world.until('received', () => phone.received.length === 1);
    assert.deepEqual(device.statesOf(receipt), ['stored']);
  });

  it('ends unconfirmed when its life is over, and a late receipt still makes it delivered', async () => {
    await phone.online(false);
    const receipt = await device.send(phone, 'leak', { lifetime: 3600 });
    await world.until('stored', () => device.statesOf(receipt).includes('stored'));
    await device.online(false);
    await phone.online(true);
    await world.until('received', () => phone.received.length === 1);
    await world.run(2 * HOUR);
    assert.deepEqual(device.statesOf(receipt), ['stored', 'unconfirmed']);
    await device.online(true);
    await world.until('delivered', () => device.statesOf(receipt).includes('delivered'));
  });

  it('expires when no node ever took it', async () => {
    await phone.online(false);
    await pi.online(false);
    const receipt = await device.send(phone, 'leak', { lifetime: 60 });
    await world.run(2 * MINUTE);
    assert.deepEqual(device.statesOf(receipt), ['queued', 'expired']);
    assert.equal(device.manager.counts().unfinished, 0);
  });

  it('goes directly to a friend who is online, as the same envelope, exactly once', async () => {
    const receipt = await device.send(phone, 'hello');
    await world.until('delivered', () => device.statesOf(receipt).includes('delivered'));
    assert.equal(phone.received[0]?.via, 'direct');
    assert.equal(device.outcomes.at(-1)?.via, 'direct');
    assert.equal(pi.manager.getStorageStats().totalMessages, 0);
  });

  it('keeps the order of many messages through a node', async () => {
    await phone.online(false);
    await world.run(MINUTE);
    const texts = Array.from({ length: 90 }, (_, i) => `message ${i}`);
    for (const text of texts) await device.send(phone, text);
    await world.until('all stored', () => pi.manager.getStorageStats().totalMessages === 90, HOUR);
    await device.online(false);
    await phone.online(true);
    await world.until('all received', () => phone.received.length === 90);
    assert.deepEqual(phone.texts, texts);
  });

  it('waits for keys when they are used up, and goes out after the next meeting', async () => {
    await phone.online(false);
    await world.run(MINUTE);
    for (let i = 0; i < 92; i += 1) await device.send(phone, `message ${i}`);
    assert.equal(device.manager.canSendAsyncMessage(phone.pk), false);
    const receipt = await device.send(phone, 'the 93rd');
    assert.equal(receipt.reason, 'no-prekeys');
    await assert.rejects(device.send(phone, 'now', { withoutKeys: 'error' }), isCode('ErrNoPreKeys'));
    await phone.online(true);
    await world.until('all received', () => phone.received.length === 93);
    assert.equal(phone.texts.at(-1), 'the 93rd');
    await world.until('refreshed', () => device.manager.canSendAsyncMessage(phone.pk));
  });

  it('takes the same message id twice as one message', async () => {
    await phone.online(false);
    const messageId = new Uint8Array(32).fill(7);
    const first = await device.send(phone, 'leak', { messageId });
    const second = await device.send(phone, 'leak', { messageId });
    assert.deepEqual({ ...second, reason: 0 }, { ...first, reason: 0 });
    await phone.online(true);
    await world.until('delivered', () => device.statesOf(first).includes('delivered'));
    const third = await device.send(phone, 'leak', { messageId });
    assert.equal(third.createdAt, first.createdAt);
    await world.run(MINUTE);
    assert.equal(phone.received.length, 1);
  });

  it('refuses what it cannot send, with a code', async () => {
    const stranger = new Uint8Array(32).fill(9);
    await assert.rejects(device.send(phone, ''), isCode('ErrMessageEmpty'));
    await assert.rejects(device.send(phone, 'x'.repeat(262_145)), isCode('ErrMessageTooLarge'));
    await assert.rejects(device.send(stranger, 'x'), isCode('ErrUnknownFriend'));
    await assert.rejects(device.send(stranger.subarray(1), 'x'), isCode('ErrInvalidKey'));
    await assert.rejects(device.send(new Uint8Array(32), 'x'), isCode('ErrInvalidKey'));
    await assert.rejects(device.send(phone, 'x', { lifetime: 15 * 86_400 }), isCode('ErrInvalidArgument'));
    await assert.rejects(
      device.send(phone, 'x', { messageId: new Uint8Array(5) }),
      isCode('ErrInvalidArgument'),
    );
    const receipt = await device.send(phone, 'x'.repeat(1372));
    await world.until('delivered', () => device.statesOf(receipt).includes('delivered'));
  });

  it('accepts at most a fair share of what the outbox holds', async () => {
    const small = await world.add('Small', { limits: { outboxMessages: 4 } });
    await world.settle();
    await phone.online(false);
    await small.send(phone, 'one');
    await small.send(phone, 'two');
    await assert.rejects(small.send(phone, 'three'), isCode('ErrOutboxFull'));
    await phone.online(true);
    await world.until('delivered', () => small.manager.counts().unfinished === 0);
    await small.send(phone, 'three');
  });

  it('tells an outcome again that nobody heard before a crash', async () => {
    await phone.online(false);
    const receipt = await device.send(phone, 'leak', { context: { flow: 'cellar' } });
    await world.until('stored', () => device.statesOf(receipt).includes('stored'));
    await device.crash();
    await phone.online(true);
    await device.start();
    await world.until('delivered', () => device.statesOf(receipt).includes('delivered'));
    assert.deepEqual(device.outcomes.at(-1)?.context, { flow: 'cellar' });
  });

  it('drops a silent friend and uses the node instead', async () => {
    phone.transport.vanish();
    await world.run(SECOND);
    const receipt = await device.send(phone, 'leak');
    await world.until('stored', () => device.statesOf(receipt).includes('stored'), MINUTE);
  });
});
