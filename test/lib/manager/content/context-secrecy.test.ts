import assert from 'node:assert/strict';
import { DAY, MINUTE, World, type Device } from '../../../support/world';

const TOPIC = 'cellar/water/leak-detected';
const MSGID = 'f00ba4c0ffee1234';
const context = { topic: TOPIC, msgid: MSGID };

describe('the context of a message', () => {
  let world: World;
  let device: Device;
  let phone: Device;

  beforeEach(async () => {
    world = new World('context');
    device = await world.add('Device');
    phone = await world.add('Phone');
    await world.add('Home Pi');
    await world.settle();
    await phone.online(false);
    await world.run(MINUTE);
  });

  afterEach(() => world.stop());

  /** No byte of it lies in the clear, and so many are kept sealed. */
  async function assertSealed(kept: number, when: string): Promise<void> {
    for (const secret of [TOPIC, MSGID]) assert.equal(await device.memory.holds(secret), false, when);
    assert.equal(device.memory.table('context').length, kept, when);
  }
  const send = (lifetime: number) => device.send(phone, 'leak', { context, lifetime });
  const last = () => device.outcomes.at(-1);

  it('lies sealed on the disk until its ending is reported, comes with each outcome, and is erased then', async () => {
    const receipt = await send(86_400);
    await assertSealed(1, 'accepted');
    await world.until('stored', () => device.statesOf(receipt).includes('stored'));
    assert.deepEqual(last()?.context, context);
    await assertSealed(1, 'stored');
    await device.crash();
    await assertSealed(1, 'crashed');
    await device.start();
    await assertSealed(1, 'started');
    await phone.online(true);
    await world.until('delivered', () => device.statesOf(receipt).includes('delivered'));
    assert.deepEqual([last()?.state, last()?.context], ['delivered', context]);
    await world.run(MINUTE);
    await assertSealed(0, 'told');
    assert.equal(device.memory.table('finished').length, 1, 'the ending itself is remembered');
  });

  it('is kept, sealed, after unconfirmed, and comes with the receipt that is late', async () => {
    const receipt = await send(3600);
    await world.until('stored', () => device.statesOf(receipt).includes('stored'));
    await phone.online(true);
    device.transport.vanish();
    await world.until('received', () => phone.received.length > 0);
    await device.online(false);
    await world.run(DAY);
    assert.deepEqual([last()?.state, last()?.context], ['unconfirmed', context]);
    await assertSealed(1, 'unconfirmed');
    await device.stop();
    await device.start();
    await assertSealed(1, 'started');
    await world.until('delivered', () => device.statesOf(receipt).includes('delivered'));
    assert.deepEqual(last()?.context, context);
    await world.run(MINUTE);
    await assertSealed(0, 'told');
  });
});
