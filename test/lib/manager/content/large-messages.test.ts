import assert from 'node:assert/strict';
import { toHex, utf8 } from '../../../../lib/bytes';
import type { Outcome, SendReceipt } from '../../../../lib/client/messages';
import { SeededRandom } from '../../../../lib/testing/simulated-platform';
import { MINUTE, World, type Device } from '../../../support/world';

const NODES = ['Home Pi', 'Cabin', 'Office'];

/** Bytes that nothing deflates. */
const bytes = (length: number, seed = 'payload') => new SeededRandom(seed).bytes(length);
const isOf = ({ messageId }: SendReceipt, outcome: Outcome) => toHex(outcome.messageId) === toHex(messageId);
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

  /** A node whose disk spoils the n-th envelope that it holds, from 0. */
  async function lose(node: Device, n: number): Promise<void> {
    await node.stop();
    const { index } = node.memory.volume;
    const keys = [...index.range({ gte: utf8('~'), lt: utf8('~~') })].map(([key]) => key);
    const numbers = [...new Set(keys.map((key) => toHex(key.subarray(0, 7))))];
    const lost = keys.filter((key) => toHex(key.subarray(0, 7)) === numbers[n]);
    assert.ok(lost.length > 0);
    index.apply(lost.map((key) => [key, undefined] as const));
    await node.start();
  }

  for (const [at, name] of NODES.entries()) {
    it(`arrives whichever of its pieces is lost at one of three nodes, ${name}`, async () => {
      for (let piece = 0; piece < 5; piece++) {
        await phone.online(false);
        await world.run(MINUTE);
        const payload = bytes(20_000, `${name} ${piece}`);
        const sent = await device.send(phone, payload);
        const isStored = () => device.outcomes.some((each) => isOf(sent, each) && each.nodes === 3);
        await world.until('stored', isStored);
        await device.online(false);
        await lose(nodes[at] ?? assert.fail(), piece);
        await phone.online(true);
        await world.until('received', () => phone.received.length > piece, 30 * MINUTE);
        assert.deepEqual(contentOf(phone).at(-1), payload);
        await device.online(true);
        await world.until('delivered', () => device.statesOf(sent).includes('delivered'));
      }
    }).timeout(60_000);
  }

  it('arrives when each node has lost another piece of it', async () => {
    await phone.online(false);
    const payload = bytes(20_000);
    await device.send(phone, payload);
    await world.until('stored', () => device.outcomes.some(({ nodes: count }) => count === 3));
    await device.online(false);
    for (const [at, node] of nodes.entries()) await lose(node, at + 1);
    await phone.online(true);
    await world.until('received', () => phone.received.length > 0, 30 * MINUTE);
    assert.deepEqual(contentOf(phone), [payload]);
  });

  it('is gone on with after a crash of its sender at any time', async () => {
    for (const seconds of [0.1, 0.2, 0.3, 0.5, 1]) {
      await phone.online(false);
      await world.run(MINUTE);
      const payload = bytes(60_000, `crash ${seconds}`);
      const sent = await device.send(phone, payload);
      await world.run(seconds * 1000);
      await device.crash();
      await device.start();
      const isStored = () => device.outcomes.some((each) => isOf(sent, each) && each.nodes === 3);
      await world.until('stored', isStored);
      await phone.online(true);
      await world.until('delivered', () => device.statesOf(sent).includes('delivered'));
      assert.deepEqual(contentOf(phone).at(-1), payload);
    }
    assert.equal(phone.received.length, 5);
  });

  it('is gone on with when a meeting ends in the midst of it, again and again', async () => {
    const payload = bytes(200_000);
    const sent = await device.send(phone, payload);
    let meetings = 1;
    for (; meetings < 50 && phone.received.length === 0; meetings++) {
      await world.run(40);
      await phone.online(false);
      await world.run(10_000);
      await phone.online(true);
    }
    assert.ok(meetings > 2, String(meetings));
    await world.until('delivered', () => device.statesOf(sent).includes('delivered'));
    assert.deepEqual(contentOf(phone), [payload]);
  });

  it('does not hold up what is small', async () => {
    await phone.online(false);
    await world.run(MINUTE);
    const sent = await device.send(phone, bytes(262_144));
    const small = await device.send(phone, 'leak');
    await world.until('stored', () => device.statesOf(small).includes('stored'));
    assert.ok(!device.statesOf(sent).includes('stored'));
  });
});
