import assert from 'node:assert/strict';
import { SeededRandom } from '../../../lib/testing/simulated-platform';
import { MINUTE, World, type Device } from '../../support/world';

const NODES = ['Home Pi', 'Cabin', 'Office'];

/** Bytes that nothing deflates. */
const bytes = (length: number, seed = 'payload') => new SeededRandom(seed).bytes(length);
const contentOf = ({ received }: Device) => received.map(({ content }) => content);

describe('a large message', () => {
  let world: World;
  let device: Device;
  let phone: Device;
  let nodes: Device[];

  beforeEach(async () => {
    world = new World('large');
    device = await world.add('Device', { storageRole: 'off' });
    phone = await world.add('Phone', { storageRole: 'off' });
    nodes = [];
    for (const name of NODES) nodes.push(await world.add(name));
    await world.settle();
  });

  afterEach(() => world.stop());

  const stored = () => nodes.map(({ manager }) => manager.getStorageStats().totalMessages);

  it('of 200 KB waits on three nodes, arrives while its sender is gone, and is receipted as one', async () => {
    await phone.online(false);
    await world.run(MINUTE);
    const payload = bytes(200_000);
    const sent = await device.send(phone, payload, { label: 'camera' });
    await world.until('stored', () => device.outcomes.some(({ nodes: count }) => count === 3), 10 * MINUTE);
    // The head and 38 chunks.
    assert.deepEqual(stored(), [39, 39, 39]);
    await device.online(false);
    await phone.online(true);
    await world.until('received', () => phone.received.length > 0);
    assert.deepEqual(contentOf(phone), [payload]);
    assert.deepEqual([phone.received[0]?.kind, phone.received[0]?.label], ['binary', 'camera']);
    await device.online(true);
    await world.until('delivered', () => device.statesOf(sent).includes('delivered'));
    await world.until('deleted', () => stored().every((count) => count === 0));
    await world.run(10 * MINUTE);
    assert.equal(phone.received.length, 1);
    assert.deepEqual(device.statesOf(sent).at(-1), 'delivered');
  });

  it('of 262,144 bytes goes straight to a friend who is there, and lies on no node', async () => {
    const payload = bytes(262_144);
    const sent = await device.send(phone, payload);
    await world.until('delivered', () => device.statesOf(sent).includes('delivered'));
    assert.deepEqual(contentOf(phone), [payload]);
    assert.deepEqual(device.statesOf(sent), ['delivered']);
    assert.equal(device.outcomes.at(-1)?.via, 'direct');
    assert.deepEqual(stored(), [0, 0, 0]);
  });
});
