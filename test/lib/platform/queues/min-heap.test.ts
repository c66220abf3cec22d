import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MinHeap } from '../../../../lib/platform/queues/min-heap';

describe('a heap', () => {
  it('gives what it was given in order, whatever is added and dropped in between', () => {
    const step = fc.oneof(
      fc.record({ add: fc.integer({ min: 0, max: 50 }) }),
      fc.constant('pop' as const),
      fc.constant('drop odd' as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const heap = new MinHeap<number>((a, b) => a < b);
        let model: number[] = [];
        for (const each of steps) {
          if (each === 'pop') {
            assert.equal(heap.pop(), model.shift());
          } else if (each === 'drop odd') {
            heap.retain((n) => n % 2 === 0);
            model = model.filter((n) => n % 2 === 0);
          } else {
            heap.push(each.add);
            model = [...model, each.add].sort((a, b) => a - b);
          }
          assert.deepEqual([heap.size, heap.peek()], [model.length, model[0]]);
        }
        heap.clear();
        assert.equal(heap.pop(), undefined);
      }),
    );
  });
});
