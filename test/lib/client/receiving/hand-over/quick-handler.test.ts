import assert from 'node:assert/strict';
import { HandOverBench } from '../support/hand-over-bench';

describe('hand-over of what the inbox holds', () => {
  let bench: HandOverBench;

  beforeEach(async () => {
    bench = await HandOverBench.open();
  });

  describe('to a quick handler', () => {
    /** Batches that marked messages. */
    let marks: Set<object>;

    beforeEach(async () => {
      await bench.receive(...Array.from({ length: 100 }, (_, i) => `m${i}`));
      marks = new Set();
      const mark = bench.inbox.markHanded.bind(bench.inbox);
      bench.inbox.markHanded = (writes, entry) => {
        marks.add(writes);
        mark(writes, entry);
      };
    });

    it('marks a run of messages in one batch, and keeps their order', async () => {
      bench.handle(() => undefined);
      bench.handOver.start();
      await bench.peer.time.advance(100);
      assert.deepEqual(
        bench.handed,
        Array.from({ length: 100 }, (_, i) => `m${i}`),
      );
      assert.equal(bench.inbox.size, 0);
      assert.ok(marks.size <= 12, `${marks.size}`);
    });

    it('calls none redelivered that it marked before and gave to nobody', async () => {
      const again: boolean[] = [];
      bench.handle(() => undefined);
      bench.handOver.setHandler(({ redelivered }) => {
        again.push(redelivered);
        if (again.length === 3) bench.handOver.setHandler(undefined);
      });
      bench.handOver.start();
      await bench.peer.time.advance(100);
      assert.ok(bench.inbox.entries().some(({ handed: marked }) => marked));
      bench.handOver.setHandler(({ redelivered }) => void again.push(redelivered));
      await bench.peer.time.advance(100);
      assert.deepEqual(again, new Array<boolean>(100).fill(false));
    });

    it('marks one at a time for a handler that takes its time', async () => {
      bench.handle(() => new Promise<void>((resolve) => bench.peer.time.timers.after(1_000, resolve)));
      bench.handOver.start();
      await bench.peer.time.advance(5_500);
      const marked = bench.inbox.entries().filter(({ handed: isMarked }) => isMarked);
      assert.equal(marked.length, 1);
    });
  });
});
