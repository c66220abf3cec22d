import assert from 'node:assert/strict';
import { utf8 } from '../../bytes';
import { ToxAsyncError } from '../../errors';
import { hasCode } from '../has-code';
import { ALL, type StoreTest } from './store-under-test';

/** What a close finishes, and what every call after it gives. */
export function closingTests(test: StoreTest): void {
  test('finishes the commits under way when it is closed', async (under) => {
    const done: number[] = [];
    for (let n = 0; n < 20; n += 1) void under.put(`k${n}`).then(() => done.push(n));
    await Promise.all([under.store.close(), under.store.close()]);
    assert.equal(done.length, 20);
    await under.reopen();
    assert.equal(under.keys().length, 20);
  });

  test('finishes those that can wait when it is closed', async (under) => {
    const commit = under.store.batch().put(utf8('k'), utf8('v')).commit({ canWait: true });
    await under.store.close();
    await commit;
    await under.reopen();
    assert.deepEqual(under.keys(), ['k']);
  });

  test('answers every call after its close with ErrClosed', async (under) => {
    const batch = under.store.batch().put(utf8('a'), utf8('1'));
    const closing = under.store.close();
    await assert.rejects(batch.commit(), hasCode('ErrClosed'));
    assert.throws(() => under.store.batch(), hasCode('ErrClosed'));
    await closing;
    assert.throws(() => under.store.get(utf8('a')), hasCode('ErrClosed'));
    assert.throws(() => under.store.peek(utf8('a'), () => 0), hasCode('ErrClosed'));
    assert.throws(() => under.store.range(ALL), hasCode('ErrClosed'));
    await under.store.close();
  });

  test('survives being closed in the middle of an iteration', async (under) => {
    for (const key of ['a', 'b', 'c']) await under.put(key);
    const iteration = under.store.range(ALL)[Symbol.iterator]();
    iteration.next();
    await under.store.close();
    try {
      while (iteration.next().done !== true);
    } catch (error) {
      assert.ok(ToxAsyncError.is(error, 'ErrClosed'));
    }
  });
}
