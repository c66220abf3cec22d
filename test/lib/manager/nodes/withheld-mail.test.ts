import assert from 'node:assert/strict';
import { HOUR, MINUTE, World, type Device } from '../../../support/world';

const NODES = 6;
const LIFE = 50 * 60;

describe('mail that nodes may have withheld', function () {
  this.timeout(120_000);
  let world: World;
  let device: Device;
  let phone: Device;
  let nodes: Device[];

  beforeEach(async () => {
    world = new World('withheld');
    device = await world.add('Device');
    phone = await world.add('Phone');
    nodes = [];
    for (let n = 1; n <= NODES; n += 1) nodes.push(await world.add(`Node ${n}`));
    await world.settle();
    // From now on they only leave mail for each other.
    world.strangers('Device', 'Phone');
    for (const each of [device, phone]) {
      await each.stop();
      await each.start();
    }
    await world.run(MINUTE);
    await phone.online(false);
  });

  afterEach(() => world.stop());

  const keeping = () => nodes.filter(({ manager }) => manager.getStorageStats().totalMessages > 0);

  /** A message whose nodes go away until its life is over, while others serve the friend, or do not. */
  async function withhold(friendComes: boolean): Promise<Device[]> {
    const lost = await device.send(phone, 'lost', { lifetime: LIFE });
    await world.until('on three nodes', () => keeping().length === 3);
    const thieves = keeping();
    for (const thief of thieves) await thief.online(false);
    const next = await device.send(phone, 'next', { lifetime: LIFE });
    await world.until('on others', () => keeping().length === NODES);
    await phone.online(friendComes);
    if (friendComes)
      await world.until('receipted', () => device.statesOf(next).includes('delivered'), 40 * MINUTE);
    await phone.online(false);
    await world.run(HOUR);
    assert.equal(device.statesOf(lost).at(-1), 'unconfirmed');
    for (const thief of thieves) await thief.online(true);
    await world.run(10 * MINUTE);
    assert.deepEqual(keeping(), []);
    return thieves;
  }

  /** On which nodes the next messages lie. */
  async function reached(): Promise<Set<Device>> {
    for (let n = 0; n < 20; n += 1) await device.send(phone, `${n}`);
    await world.run(5 * MINUTE);
    assert.ok(nodes.reduce((sum, { manager }) => sum + manager.getStorageStats().totalMessages, 0) >= 60);
    return new Set(keeping());
  }

  it('sends one copy of each later message to any node that the friend polls', async () => {
    await withhold(true);
    assert.equal((await reached()).size, NODES);
  });

  it('changes nothing while the friend was not heard of since the deposit', async () => {
    await withhold(false);
    assert.equal((await reached()).size, 3);
  });
});
