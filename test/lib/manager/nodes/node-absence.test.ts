import assert from 'node:assert/strict';
import { HOUR, MINUTE, World, type Device } from '../../../support/world';

const MESSAGES = 10;
const COPIES = 3;

describe('a sender whose own network fails', () => {
  let world: World;
  let sender: Device;
  let nodes: Device[];

  beforeEach(async () => {
    world = new World('own absence');
    sender = await world.add('Sender');
    const phone = await world.add('Phone');
    nodes = [];
    for (const name of ['A', 'B', 'C', 'D', 'E']) nodes.push(await world.add(name));
    await world.settle();
    await phone.online(false);
    await world.run(MINUTE);
    for (let i = 0; i < MESSAGES; i += 1) await sender.send(phone, `message ${i}`);
    await world.until('all are stored', () => copies() === MESSAGES * COPIES);
  });

  afterEach(() => world.stop());

  const copies = () => nodes.reduce((sum, { manager }) => sum + manager.getStorageStats().totalMessages, 0);

  it('for two hours, deposits nothing again when it is back, whichever node is there first', async () => {
    await sender.online(false);
    for (const node of nodes) await node.online(false);
    await world.run(2 * HOUR);
    // Those without a copy, if there are such, come first.
    for (const node of nodes.toReversed()) {
      await node.online(true);
      await sender.online(true);
      await world.run(10_000);
    }
    await world.run(10 * MINUTE);
    assert.equal(copies(), MESSAGES * COPIES);
    assert.ok(sender.outcomes.every(({ nodes: reached, wanted }) => reached <= wanted));
  });

  it('not at all, deposits again when a node has been away for two hours', async () => {
    const [gone, ...rest] = nodes.toSorted(
      (a, b) => b.manager.getStorageStats().totalMessages - a.manager.getStorageStats().totalMessages,
    );
    assert.ok(gone);
    const lost = gone.manager.getStorageStats().totalMessages;
    await gone.online(false);
    await world.run(2 * HOUR);
    const left = rest.reduce((sum, { manager }) => sum + manager.getStorageStats().totalMessages, 0);
    assert.ok(lost > 0);
    assert.equal(left, MESSAGES * COPIES, 'the control');
    await gone.online(true);
    await world.run(10 * MINUTE);
    assert.ok(sender.outcomes.every(({ nodes: reached, wanted }) => reached <= wanted));
  });
});
