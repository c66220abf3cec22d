import assert from 'node:assert/strict';
import { compareBytes } from '../../../lib/bytes';
import { OrderedIndex } from '../../../lib/store/ordered-index';

const ALL = { gte: new Uint8Array(), lt: Uint8Array.of(255, 255, 255) };

/** A fixed sequence of numbers that jumps about. */
function* scattered(count: number): Generator<number> {
  for (let n = 0; n < count; n += 1) yield (n * 7919) % count;
}

function key(n: number): Uint8Array {
  return Uint8Array.of(n >> 8, n & 0xff);
}

describe('the ordered index', () => {
  it('holds thousands of keys in order through inserts and removals in any order', () => {
    const index = new OrderedIndex<number>();
    const count = 3000;
    for (const n of scattered(count)) index.apply([[key(n), n]]);
    assert.deepEqual(
      [...index.range(ALL)].map(([, n]) => n),
      Array.from({ length: count }, (_unused, n) => n),
    );
    index.apply([...scattered(count)].filter((n) => n % 3 !== 0).map((n) => [key(n), undefined] as const));
    const left = [...index.range({ ...ALL, reverse: true })].map(([, n]) => n);
    assert.equal(left.length, count / 3);
    assert.ok(left.every((n, at) => n % 3 === 0 && (at === 0 || n < (left[at - 1] ?? 0))));
    assert.equal(index.get(key(3)), 3);
    assert.equal(index.get(key(4)), undefined);
    index.apply([...scattered(count)].map((n) => [key(n), undefined] as const));
    assert.deepEqual([...index.range(ALL)], []);
  });

  it('takes many changes in one step, the last one of a key last', () => {
    const index = new OrderedIndex<number>();
    index.apply([...scattered(1000), ...scattered(1000)].map((n, at) => [key(n), at] as const));
    const entries = [...index.range(ALL)];
    assert.equal(entries.length, 1000);
    assert.ok(entries.every(([, at]) => at >= 1000));
    assert.ok(entries.every(([k], at) => at === 0 || compareBytes(entries[at - 1]?.[0] ?? k, k) < 0));
  });

  it('goes on with the state in which an iteration was asked for', () => {
    const index = new OrderedIndex<number>();
    index.apply([...scattered(600)].map((n) => [key(n), n] as const));
    const before = index.range(ALL);
    before.next();
    const notYetBegun = index.range({ ...ALL, reverse: true });
    for (const n of scattered(600)) index.apply([[key(n), n % 2 === 0 ? undefined : -1]]);
    assert.deepEqual(
      [...before].map(([, n]) => n),
      Array.from({ length: 599 }, (_unused, n) => n + 1),
    );
    assert.equal([...notYetBegun].length, 600);
  });
});
