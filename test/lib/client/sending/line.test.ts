import assert from 'node:assert/strict';
import { Line } from '../../../../lib/client/sending/line';

const ordinary = (sequence: number) => ({ sequence });
const urgent = (sequence: number) => ({ sequence, isUrgent: true });

describe('a line of waiting messages', () => {
  it('gives urgent ones first, and each kind in the order of acceptance', () => {
    const line = new Line<{ sequence: number; isUrgent?: boolean }>();
    for (const each of [ordinary(2), urgent(5), ordinary(1), urgent(3), ordinary(4)]) line.add(each);
    const out: (number | undefined)[] = [];
    while (line.size > 0) out.push(line.next()?.sequence);
    assert.deepEqual([out, line.next()], [[3, 5, 1, 2, 4], undefined]);
  });

  it('has each once, and again after it left', () => {
    const line = new Line();
    const one = ordinary(1);
    line.add(one);
    line.add(one);
    assert.deepEqual([line.size, line.next(), line.next()], [1, one, undefined]);
    line.add(one);
    assert.equal(line.next(), one);
  });
});
