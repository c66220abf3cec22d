import assert from 'node:assert/strict';
import { utf8 } from '../../bytes';
import { hasCode } from '../has-code';
import { ALL, type StoreTest, textOf } from './store-under-test';

/** What reads give: values, ranges, and one state for as long as a range is read. */
export function readingTests(test: StoreTest): void {
  test('gives back what was put, also after it was opened again', async (under) => {
    await under.put('key', 'value');
    assert.deepEqual(under.store.get(utf8('key')), utf8('value'));
    await under.reopen();
    assert.deepEqual(under.store.get(utf8('key')), utf8('value'));
    assert.equal(under.store.get(utf8('other')), undefined);
  });

  test('keeps no key that it was asked for', async (under) => {
    await under.put('a', 'first');
    await under.put('b', 'second');
    const key = utf8('a');
    assert.deepEqual(under.store.get(key), utf8('first'));
    key.set(utf8('b'));
    assert.deepEqual(under.store.get(key), utf8('second'));
    assert.deepEqual(under.store.get(utf8('a')), utf8('first'));
    assert.equal(under.store.get(utf8('c')), undefined);
    key.set(utf8('c'));
    assert.equal(under.store.get(key), undefined);
  });

  test('shows a value without a copy, and calls nobody when there is none', async (under) => {
    await under.put('key', 'value');
    await under.put('large', 'x'.repeat(300_000));
    assert.deepEqual(
      under.store.peek(utf8('key'), (value) => value.slice()),
      utf8('value'),
    );
    assert.equal(
      under.store.peek(utf8('large'), ({ length }) => length),
      300_000,
    );
    let called = 0;
    assert.equal(
      under.store.peek(utf8('other'), () => (called += 1)),
      undefined,
    );
    assert.equal(called, 0);
    const fails = () => {
      throw new RangeError('of the caller');
    };
    assert.throws(() => under.store.peek(utf8('key'), fails), RangeError);
    assert.throws(() => under.store.peek(new Uint8Array(), () => 0), hasCode('ErrInvalidArgument'));
  });

  test('keeps empty, binary and large values', async (under) => {
    const values = [new Uint8Array(), Uint8Array.of(0, 255, 10, 13, 0), new Uint8Array(300_000).fill(7)];
    const batch = under.store.batch();
    for (const [at, value] of values.entries()) batch.put(Uint8Array.of(0, at), value);
    await batch.commit();
    for (const turn of ['at once', 'opened again']) {
      const read = [...under.store.range(ALL)].map(([, value]) => value);
      assert.deepEqual(read, values, turn);
      assert.deepEqual(under.store.get(Uint8Array.of(0, 2)), values[2], turn);
      await under.reopen();
    }
  });

  test('ranges bytewise over gte <= key < lt, forwards and backwards, up to the limit', async (under) => {
    const batch = under.store.batch();
    for (const key of ['b', 'a', 'aa', 'c', 'b\u0000']) batch.put(utf8(key), utf8('x'));
    await batch.put(Uint8Array.of(0xff), utf8('x')).put(Uint8Array.of(0), utf8('x')).commit();
    const range = (gte: string, lt: string, more: object = {}) =>
      [...under.store.range({ gte: utf8(gte), lt: utf8(lt), ...more })].map(([key]) => textOf(key));
    assert.deepEqual(range('a', 'c'), ['a', 'aa', 'b', 'b\u0000']);
    assert.deepEqual(range('a', 'c', { reverse: true }), ['b\u0000', 'b', 'aa', 'a']);
    assert.deepEqual(range('aaa', 'bb', { limit: 1 }), ['b']);
    assert.deepEqual(range('aaa', 'zz', { reverse: true, limit: 1 }), ['c']);
    assert.deepEqual(range('a', 'c', { limit: 0 }), []);
    assert.deepEqual(range('c', 'a'), []);
    assert.deepEqual(range('a', ''), []);
    assert.equal([...under.store.range({ gte: new Uint8Array(), lt: Uint8Array.of(0xff, 0) })].length, 7);
  });

  test('ranges over one state, whatever is committed in between', async (under) => {
    for (const key of ['a', 'b', 'c']) await under.put(key);
    const seen: string[] = [];
    for (const [key, value] of under.store.range(ALL)) {
      seen.push(`${textOf(key)}=${textOf(value)}`);
      await under.store
        .batch()
        .delete(utf8('b'))
        .put(utf8('c'), utf8('new'))
        .put(utf8('d'), utf8('d'))
        .commit();
    }
    assert.deepEqual(seen, ['a=a', 'b=b', 'c=c']);
    assert.deepEqual(under.keys(), ['a', 'c', 'd']);
  });
}
