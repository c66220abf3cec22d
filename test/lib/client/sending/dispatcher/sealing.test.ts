import assert from 'node:assert/strict';
import { DispatcherBench, message } from '../support/dispatcher-bench';

describe('the dispatcher', () => {
  let bench: DispatcherBench;

  beforeEach(() => {
    bench = new DispatcherBench();
  });

  it('keeps one that is behind an earlier value, and looks again when that is over', async () => {
    bench.outbox = [message('a')];
    [bench.behind, bench.behindUntil] = [[...bench.outbox], 600];
    await bench.start();
    bench.done = [];
    bench.wakeup.all();
    assert.deepEqual(await bench.pass(599_000), []);
    bench.behind = [];
    assert.deepEqual(await bench.pass(2_000), ['plain a', 'direct a', 'nodes a']);
  });

  it('has those sealed that can be, once for all of a friend, and goes on then', async () => {
    bench.outbox = [message('a'), message('b')];
    bench.sealable = [...bench.outbox];
    bench.dispatcher.start();
    assert.deepEqual(
      (await bench.pass(1)).filter((each) => each.startsWith('seal')),
      ['seal 1'],
    );
    assert.deepEqual(await bench.pass(1), [
      'plain a',
      'direct a',
      'nodes a',
      'plain b',
      'direct b',
      'nodes b',
    ]);
  });

  it('tries it again in a minute when the disk refuses that', async () => {
    bench.outbox = [message('a')];
    bench.sealable = [...bench.outbox];
    bench.isBroken = true;
    bench.dispatcher.start();
    await bench.pass(1);
    assert.equal(bench.errors.length, 1);
    bench.isBroken = false;
    bench.sealable = [...bench.outbox];
    assert.deepEqual(await bench.pass(59_000), []);
    assert.deepEqual((await bench.pass(2_000)).slice(0, 2), ['plain a', 'seal 1']);
  });
});
