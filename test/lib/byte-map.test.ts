import assert from 'node:assert/strict';
import { ByteMap, ByteSet } from '../../lib/byte-map';

const key = (n: number, length = 32) => new Uint8Array(length).fill(n);
/** Every value of a byte, and longer than the short keys. */
const LONG = Uint8Array.from({ length: 256 }, (_, i) => i);

describe('a map by bytes', () => {
  it('finds a value by another array with the same bytes', () => {
    const map = new ByteMap<string>().set(key(1), 'one').set(key(2), 'two').set(LONG, 'long');
    assert.deepEqual([map.get(key(1)), map.get(key(2)), map.get(LONG.slice())], ['one', 'two', 'long']);
    assert.equal(map.get(Buffer.from(key(2))), 'two');
    assert.equal(map.get(LONG.subarray(1)), undefined);
    assert.deepEqual([map.has(key(2)), map.has(key(3))], [true, false]);
    assert.equal(map.size, 3);
  });

  it('tells keys apart that differ in one byte or in length only', () => {
    const map = new ByteMap<string>();
    const near = key(0x80).fill(0x81, 31);
    map.set(key(0x80), 'a').set(near, 'b').set(key(0x80, 31), 'c').set(key(0, 0), 'empty');
    assert.deepEqual([...map.values()], ['a', 'b', 'c', 'empty']);
    assert.equal(map.get(near), 'b');
    assert.equal(map.get(key(0, 0)), 'empty');
    assert.equal(map.get(key(0, 1)), undefined);
  });

  it('does not notice when the array of a key changes afterwards', () => {
    const array = key(1);
    const map = new ByteMap([[array, 'one']]);
    array.fill(9);
    assert.equal(map.get(key(1)), 'one');
    assert.equal(map.get(array), undefined);
    for (const given of map.keys()) given.fill(9);
    assert.deepEqual([...map.keys()], [key(1)]);
  });

  it('keeps the last value of a key at the place of the first', () => {
    const map = new ByteMap([
      [key(2), 'two'],
      [LONG, 'long'],
      [key(2), 'zwei'],
    ]);
    const expected = [
      [key(2), 'zwei'],
      [LONG, 'long'],
    ];
    assert.deepEqual([...map], expected);
    assert.deepEqual([...map.entries()], expected);
    assert.deepEqual([...map.keys()], [key(2), LONG]);
    assert.deepEqual([...map.values()], ['zwei', 'long']);
  });

  it('forgets one key, or all', () => {
    const map = new ByteMap([
      [key(1), 1],
      [key(2), 2],
    ]);
    assert.equal(map.delete(key(1)), true);
    assert.equal(map.delete(key(1)), false);
    assert.deepEqual([...map], [[key(2), 2]]);
    map.clear();
    assert.deepEqual([map.size, map.has(key(2))], [0, false]);
  });

  it('can lose keys while it is walked', () => {
    const map = new ByteMap([1, 2, 3, 4].map((n) => [key(n), n] as const));
    for (const [each, n] of map) if (n % 2 === 0) map.delete(each);
    assert.deepEqual([...map.values()], [1, 3]);
  });

  it('makes a missing value once', () => {
    const map = new ByteMap<number[] | undefined>();
    map.getOrInsert(key(1), () => [])?.push(1);
    map.getOrInsert(key(1), () => [])?.push(2);
    assert.deepEqual(map.get(key(1)), [1, 2]);
    map.set(key(2), undefined);
    assert.equal(
      map.getOrInsert(key(2), () => assert.fail('the value undefined is there')),
      undefined,
    );
  });
});

describe('a set of bytes', () => {
  it('holds each sequence of bytes once, in the order of first addition', () => {
    const set = new ByteSet([key(2), LONG, key(1)]).add(key(2)).add(Buffer.from(key(1)));
    assert.equal(set.size, 3);
    assert.deepEqual([...set], [key(2), LONG, key(1)]);
    assert.deepEqual([...set.values()], [key(2), LONG, key(1)]);
    assert.deepEqual([set.has(key(1)), set.has(key(3))], [true, false]);
  });

  it('forgets one, or all', () => {
    const set = new ByteSet([key(1), key(2)]);
    assert.equal(set.delete(key(1)), true);
    assert.equal(set.delete(key(1)), false);
    assert.deepEqual([...set], [key(2)]);
    set.clear();
    assert.equal(set.size, 0);
    assert.equal(set.has(key(2)), false);
  });
});
