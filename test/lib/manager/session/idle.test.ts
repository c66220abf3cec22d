import assert from 'node:assert/strict';
import { type Device, HOUR, MINUTE, World } from '../../../support/world';

/** What a session did in a while. */
interface Work {
  /** Where the timers were made that rang. */
  timers: string[];
  commits: number;
  reads: number;
}

/** Counts from now on what rings in a world, and what becomes of the store of one device. */
function watch({ time }: World, { memory }: Device): { take(): Work } {
  let work: Work = { timers: [], commits: 0, reads: 0 };
  const { index } = memory.volume;
  const [get, range, apply] = [index.get.bind(index), index.range.bind(index), index.apply.bind(index)];
  index.get = (key) => ((work.reads += 1), get(key));
  index.range = (options) => ((work.reads += 1), range(options));
  index.apply = (operations) => {
    work.commits += 1;
    apply(operations);
  };
  const after = time.timers.after.bind(time.timers);
  time.timers.after = (ms, run) => {
    const { stack = '' } = new Error();
    return after(ms, () => {
      work.timers.push(stack);
      run();
    });
  };
  return {
    take: () => {
      const done = work;
      work = { timers: [], commits: 0, reads: 0 };
      return done;
    },
  };
}

describe('a session for which nothing is due', () => {
  let world: World;
  let ann: Device;
  let watched: ReturnType<typeof watch>;

  /** With messages in the outbox, stored and not, keys on both sides, and a node's role; everybody else is away. */
  beforeEach(async () => {
    world = new World('nothing is due');
    ann = await world.add('ann', { storageRole: 'friends' });
    watched = watch(world, ann);
    const bob = await world.add('bob');
    const nodes = [];
    for (const name of ['node 1', 'node 2', 'node 3']) nodes.push(await world.add(name));
    await world.settle();
    await bob.stop();
    for (let i = 0; i < 20; i += 1) await ann.send(bob, `stored ${i}`);
    await world.run(MINUTE);
    for (const node of nodes) await node.stop();
    for (let i = 0; i < 20; i += 1) await ann.send(bob, `queued ${i}`);
    // After an hour their copies count no longer.
    await world.run(3 * HOUR);
  });

  afterEach(() => world.stop());

  it('does nothing at all for an hour, but for the age that it saves at the end of it', async () => {
    const { queued, stored } = ann.manager.snapshot().counts;
    assert.deepEqual([queued, stored], [20, 20]);
    // Asking has it look at the disk.
    await world.run(2 * MINUTE);
    watched.take();
    let saves: Work = { timers: [], commits: 0, reads: 0 };
    await world.until('the age is saved', () => (saves = watched.take()).commits > 0, 61 * MINUTE);
    assert.deepEqual([saves.commits, saves.timers.length], [1, 1], saves.timers.join('\n'));
    await world.run(HOUR - 100);
    assert.deepEqual(watched.take(), { timers: [], commits: 0, reads: 0 });
    await world.run(100);
    const { timers, commits } = watched.take();
    assert.deepEqual([timers.length, commits], [1, 1], timers.join('\n'));
  });
});
