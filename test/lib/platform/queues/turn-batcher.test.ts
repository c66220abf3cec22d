import assert from 'node:assert/strict';
import { KeyedQueue } from '../../../../lib/platform/queues/keyed-queue';
import { TurnBatcher } from '../../../../lib/platform/queues/turn-batcher';

const PEER = new Uint8Array(32).fill(1);

describe('turns shared by what waits for the same peer', () => {
  let queues: KeyedQueue;
  let order: string[];

  beforeEach(() => {
    queues = new KeyedQueue();
    order = [];
  });

  function turns(most = 64): TurnBatcher<string, string> {
    return new TurnBatcher(
      { queues },
      {
        nameOf: (item) => item,
        take: async (items) => {
          await Promise.resolve();
          const taken = items.slice(0, most);
          order.push(taken.join('+'));
          if (taken.includes('bad')) throw new Error('it failed');
          return taken.map((item) => `${item}!`);
        },
      },
    );
  }

  it('take together what came while the queue was busy', async () => {
    const shared = turns();
    const busy = queues.run(PEER, () => Promise.resolve());
    const results = Promise.all(['a', 'b', 'c'].map((item) => shared.add(PEER, item)));
    await busy;
    assert.deepEqual(await results, ['a!', 'b!', 'c!']);
    assert.deepEqual(order, ['a+b+c']);
  });

  it('let nothing overtake another task of the queue', async () => {
    const shared = turns();
    const first = shared.add(PEER, 'a');
    const state = queues.run(PEER, () => void order.push('state'));
    await Promise.all([first, state, shared.add(PEER, 'b'), shared.add(PEER, 'c')]);
    assert.deepEqual(order, ['a', 'state', 'b+c']);
  });

  it('are taken apart for two of one name, and for what did not fit, still in order', async () => {
    const shared = turns(2);
    const items = ['a', 'b', 'c', 'a'].map((item) => shared.add(PEER, item));
    const state = queues.run(PEER, () => void order.push('state'));
    await Promise.all([...items, state]);
    assert.deepEqual(order, ['a+b', 'c+a', 'state']);
    order = [];
    await Promise.all(['a', 'a'].map((item) => shared.add(PEER, item)));
    assert.deepEqual(order, ['a', 'a']);
  });

  it('fail only for those who shared the turn that failed', async () => {
    const shared = turns();
    const bad = Promise.allSettled(['a', 'bad'].map((item) => shared.add(PEER, item)));
    assert.deepEqual(
      (await bad).map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    assert.equal(await shared.add(PEER, 'b'), 'b!');
  });
});
