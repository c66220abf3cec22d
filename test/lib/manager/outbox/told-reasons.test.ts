import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import { HOUR, MINUTE, SECOND, World, type Device } from '../../../support/world';

describe('a flow that waits for a message to go out', () => {
  let world: World;
  let device: Device;
  let phone: Device;
  let node: Device;

  beforeEach(async () => {
    world = new World('told reasons');
    device = await world.add('Device');
    phone = await world.add('Phone');
    node = await world.add('Home Pi', { storageLimits: { maxMessagesPerRecipient: 1 } });
    await world.settle();
    await phone.online(false);
    await world.run(MINUTE);
  });

  afterEach(() => world.stop());

  const toldOf = ({ messageId }: { messageId: Uint8Array }) =>
    device.outcomes
      .filter((outcome) => toHex(outcome.messageId) === toHex(messageId))
      .map(({ state, reason, code }) => [state, reason, code].filter(Boolean).join(' '));

  it('hears each new reason, then that it is stored', async () => {
    await node.online(false);
    await world.run(MINUTE);
    const sent = await device.send(phone, 'leak');
    assert.equal(sent.reason, 'no-storage-node');
    await device.online(false);
    await world.run(MINUTE);
    await device.online(true);
    await world.run(MINUTE);
    await node.online(true);
    await world.run(MINUTE);
    assert.deepEqual(toldOf(sent).slice(0, 3), [
      'queued not-connected',
      'queued no-storage-node',
      'stored few-nodes',
    ]);
  });

  it('hears what every node answers that takes no more, and that one does again', async () => {
    await device.send(phone, 'first');
    await world.run(SECOND);
    const sent = await device.send(phone, 'second');
    assert.equal(sent.reason, undefined);
    await world.run(SECOND);
    assert.deepEqual(toldOf(sent), ['queued refused mailbox-share']);
    await world.run(10 * MINUTE);
    assert.equal(toldOf(sent).length, 1, 'not again with each attempt');
    const third = await device.send(phone, 'third');
    assert.deepEqual([third.reason, third.code], ['refused', 'mailbox-share']);
    await phone.online(true);
    await world.until('received', () => phone.texts.length === 3, HOUR);
    await world.run(MINUTE);
    assert.equal(toldOf(sent).at(-1), 'delivered');
  });

  it('hears of a message that is on its way to the friend nothing but its end', async () => {
    await device.online(false);
    const sent = await device.send(phone, 'leak');
    assert.equal(sent.reason, 'not-connected');
    await node.online(false);
    await phone.online(true);
    await device.online(true);
    await world.run(MINUTE);
    assert.deepEqual(
      toldOf(sent).filter((told) => told !== 'queued no-storage-node'),
      ['delivered'],
    );
  });
});
