import assert from 'node:assert/strict';
import { waitFor } from '../../../../support/world';
import { later } from '../../support/depositor';
import { HandOverBench } from '../support/hand-over-bench';

describe('hand-over of what the inbox holds', () => {
  let bench: HandOverBench;

  beforeEach(async () => {
    bench = await HandOverBench.open();
  });

  describe('that stops', () => {
    it('waits a second for the handler, not longer, and hands over nothing more', async () => {
      const slow = later<void>();
      bench.handle(() => slow.promise);
      bench.handOver.start();
      await bench.receive('one', 'two');
      let stopped = false;
      const stopping = bench.handOver.stop().then(() => (stopped = true));
      await bench.peer.time.advance(999);
      assert.equal(stopped, false);
      await bench.peer.time.advance(1);
      assert.equal(stopped, true);
      slow.resolve();
      await stopping;
      await bench.receive('three');
      assert.deepEqual(bench.handed, ['one']);
      assert.equal(bench.inbox.size, 2, 'the handler took the first all the same');
    });

    it('does not wait when the handler is done before', async () => {
      const slow = later<void>();
      bench.handle(() => slow.promise);
      bench.handOver.start();
      await bench.receive('one');
      const stopping = bench.handOver.stop();
      slow.resolve();
      await bench.peer.time.advance(1);
      await stopping;
      assert.equal(bench.inbox.size, 0);
    });

    it('tries nothing again that failed', async () => {
      bench.handle(() => {
        throw new Error('database is down');
      });
      bench.handOver.start();
      await bench.receive('one');
      assert.deepEqual(bench.errors, ['Error: database is down']);
      assert.deepEqual(bench.waiting, [0]);
      await waitFor(bench.peer.time, bench.handOver.stop());
      await bench.peer.time.advance(100_000);
      assert.equal(bench.peer.time.pendingTimers, 0);
      assert.deepEqual(bench.handed, ['one']);
    });
  });
});
