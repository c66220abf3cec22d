import assert from 'node:assert/strict';
import { MINUTE, SECOND, waitFor, World, type Device } from '../../support/world';
import { textOf } from '../../support/text-of';

describe('hand-over of received messages', () => {
  let world: World;
  let device: Device;
  let phone: Device;

  beforeEach(async () => {
    world = new World('hand-over');
    device = await world.add('Device');
    phone = await world.add('Phone');
    await world.settle();
  });

  afterEach(() => world.stop());

  async function receive(text: string): Promise<void> {
    const receipt = await device.send(phone, text);
    await world.until('delivered', () => device.statesOf(receipt).includes('delivered'));
    await world.run(SECOND);
  }

  it('waits in the inbox without a handler and is receipted all the same', async () => {
    phone.manager.setMessageHandler(undefined);
    await receive('hello');
    assert.equal(phone.manager.counts().waiting, 1);
    await phone.crash();
    await phone.start();
    await world.until('handed over', () => phone.texts.length === 1);
    assert.equal(phone.received[0]?.redelivered, false);
  });

  it('waits, unmarked, while the filter does not accept it', async () => {
    phone.manager.setMessageHandler(
      () => assert.fail('not for this handler'),
      ({ via }) => via === 'tox',
    );
    await receive('hello');
    assert.equal(phone.manager.counts().waiting, 1);
    phone.manager.setMessageHandler((message) => void phone.received.push(message));
    await world.run(SECOND);
    assert.equal(phone.received[0]?.redelivered, false);
    assert.equal(phone.manager.counts().waiting, 0);
  });

  it('keeps what was answered with later until it is acknowledged', async () => {
    phone.handle = () => 'later';
    await receive('hello');
    await world.run(60 * MINUTE);
    assert.equal(phone.received.length, 1);
    await phone.crash();
    await phone.start();
    await world.until('again', () => phone.received.length === 2);
    assert.equal(phone.received[1]?.redelivered, true);
    const { sender, messageId } = phone.received[1];
    assert.equal(await waitFor(world.time, phone.manager.acknowledge(sender, messageId)), true);
    assert.equal(await phone.manager.acknowledge(sender, messageId), false);
    await phone.crash();
    await phone.start();
    await world.run(MINUTE);
    assert.equal(phone.received.length, 2);
  });

  it('gives an unacknowledged message again when it is asked to', async () => {
    phone.handle = () => 'later';
    await receive('hello');
    await waitFor(world.time, phone.manager.retrieve({ again: true }));
    await world.run(SECOND);
    assert.equal(phone.received.length, 2);
    assert.equal(phone.received[1]?.redelivered, true);
  });

  it('tries again after 1, 5 and 30 minutes when the handler throws, and goes on with the next', async () => {
    phone.handle = (message) => {
      if (textOf(message) === 'bad') throw new Error('database is down');
      return 'done';
    };
    await receive('bad');
    await receive('good');
    assert.deepEqual(phone.texts, ['bad', 'good']);
    let tries = 2;
    for (const minutes of [1, 5, 30]) {
      // What passed while the first ones came counts as well.
      await world.run(minutes * MINUTE - 10 * SECOND);
      assert.equal(phone.texts.length, tries);
      await world.run(10 * SECOND);
      tries += 1;
      assert.equal(phone.texts.length, tries);
    }
    await world.run(600 * MINUTE);
    assert.equal(phone.texts.length, 5);
    phone.handle = () => 'done';
    await phone.crash();
    await phone.start();
    await world.until('handed over', () => phone.manager.counts().waiting === 0);
    assert.equal(phone.texts.at(-1), 'bad');
  });

  it('does not wait longer than 30 s for a handler that hangs', async () => {
    phone.handle = (message) => (textOf(message) === 'stuck' ? new Promise(() => undefined) : 'done');
    await receive('stuck');
    await receive('next');
    await world.run(30 * SECOND);
    assert.deepEqual(phone.texts, ['stuck', 'next']);
    phone.handle = () => 'done';
  });

  it('hands over in the order in which messages came, of whichever friend, also after a crash', async () => {
    const other = await world.add('Other');
    await world.settle();
    phone.manager.setMessageHandler(undefined);
    const came: string[] = [];
    for (const [n, sender] of [device, other, other, device, other, device].entries()) {
      const text = `${n} of ${sender.name}`;
      const receipt = await sender.send(phone, text);
      await world.until('delivered', () => sender.statesOf(receipt).includes('delivered'));
      came.push(text);
    }
    phone.handle = () => (phone.received.length < 3 ? 'done' : new Promise(() => undefined));
    await phone.crash();
    await phone.start();
    await world.until('the first three', () => phone.received.length === 3);
    await phone.crash();
    phone.handle = () => 'done';
    await phone.start();
    await world.until('the rest', () => phone.received.length === 7);
    assert.deepEqual(phone.texts, [...came.slice(0, 3), ...came.slice(2)]);
    assert.deepEqual(
      phone.received.map(({ redelivered }) => redelivered),
      came.flatMap((_text, n) => (n === 2 ? [false, true] : [false])),
    );
  });

  it('takes an alert from a node although mail of another friend, for which there is no room, comes before it', async () => {
    const small = await world.add('Small', { limits: { inboxMessages: 8 } });
    const pi = await world.add('Home Pi');
    await world.settle();
    await small.online(false);
    await phone.online(false);
    small.handle = () => 'later';
    for (let i = 0; i < 80; i += 1) await device.send(small, `flood ${i}`);
    await world.until('stored', () => pi.manager.getStorageStats().totalMessages === 80);
    await device.online(false);
    await phone.online(true);
    await phone.send(small, 'alert');
    await world.until('stored', () => pi.manager.getStorageStats().totalMessages === 81);
    await phone.online(false);
    await small.online(true);
    await world.run(10 * SECOND);
    assert.ok(small.texts.includes('alert'));
    const floods = () => small.texts.filter((text) => text.startsWith('flood'));
    assert.deepEqual(floods(), ['flood 0', 'flood 1', 'flood 2', 'flood 3']);
    const first = small.received.find((message) => textOf(message) === 'flood 0');
    assert.ok(first);
    await small.manager.acknowledge(first.sender, first.messageId);
    await world.run(10 * SECOND);
    assert.equal(small.texts.at(-1), 'flood 4');
  });

  it('leaves mail where it is while the inbox is full, and takes it when there is room', async () => {
    const small = await world.add('Small', { limits: { inboxMessages: 4 } });
    await world.add('Home Pi');
    await world.settle();
    small.handle = () => 'later';
    for (let i = 0; i < 4; i += 1) await device.send(small, `message ${i}`);
    await world.run(MINUTE);
    assert.deepEqual(small.texts, ['message 0', 'message 1']);
    assert.equal(device.manager.counts().unfinished, 2);
    for (const { sender, messageId } of [...small.received])
      await small.manager.acknowledge(sender, messageId);
    await world.until('the rest', () => small.texts.length === 4, 15 * MINUTE);
    await world.until('delivered', () => device.manager.counts().unfinished === 0, 15 * MINUTE);
  });

  it('leaves no byte of a delivered text or its key on the disk', async () => {
    phone.handle = () => 'later';
    await receive('the code is 4711');
    assert.ok(!(await phone.memory.holds('the code is 4711')));
    const [message] = phone.received;
    assert.ok(message);
    await waitFor(world.time, phone.manager.acknowledge(message.sender, message.messageId));
    await phone.stop();
    await device.stop();
    for (const each of [phone, device]) {
      assert.ok(!(await each.memory.holds('the code is 4711')));
      assert.ok(await each.memory.holds(device.pk), 'the search finds what is there');
    }
  });
});
