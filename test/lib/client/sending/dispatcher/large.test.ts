import assert from 'node:assert/strict';
import { DispatcherBench, type Message, message } from '../support/dispatcher-bench';

describe('the dispatcher', () => {
  let bench: DispatcherBench;

  beforeEach(() => {
    bench = new DispatcherBench();
  });

  describe('of large messages', () => {
    const large = (name: string): Message => ({ ...message(name), large: { chunks: 2 } });

    it('offers nodes the chunks behind everything else, and not while the friend takes them', async () => {
      bench.outbox = [large('a'), message('b')];
      await bench.start();
      bench.done = [];
      bench.wakeup.all();
      assert.deepEqual(await bench.pass(), [
        ...['plain a', 'direct a', 'nodes a'],
        ...['plain b', 'direct b', 'nodes b'],
        'chunks a',
      ]);
      bench.taking = ['direct'];
      bench.wakeup.all();
      assert.deepEqual(await bench.pass(), ['plain a', 'direct a', 'plain b', 'direct b']);
    });

    it('looks again when a chunk may be offered', async () => {
      bench.outbox = [large('a')];
      bench.again = { a: 5_000 };
      await bench.start();
      bench.done = [];
      assert.deepEqual(await bench.pass(5_000), ['plain a', 'direct a', 'nodes a', 'chunks a']);
    });

    it('lets one that has not its turn be until the turn ends, and seals it then', async () => {
      bench.outbox = [large('a')];
      [bench.waitingForTurn, bench.turnEndsAt] = [[...bench.outbox], 30];
      await bench.start();
      bench.done = [];
      bench.wakeup.all();
      assert.deepEqual(await bench.pass(29_000), ['plain a']);
      bench.isTurnDue = true;
      assert.deepEqual(
        [...new Set(await bench.pass(2_000))],
        ['plain a', 'pass 1', 'seal 1', 'direct a', 'nodes a', 'chunks a'],
      );
    });

    it('passes a turn once, however many wait for it', async () => {
      bench.outbox = [large('a'), large('b')];
      [bench.waitingForTurn, bench.isTurnDue] = [[...bench.outbox], true];
      bench.dispatcher.start();
      assert.equal((await bench.pass(2)).filter((each) => each === 'pass 1').length, 1);
    });

    it('wipes their bytes at its stop', async () => {
      await bench.start();
      bench.dispatcher.stop();
      assert.equal(bench.wiped, 1);
    });
  });
});
