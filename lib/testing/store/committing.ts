import assert from 'node:assert/strict';
import { utf8 } from '../../bytes';
import { MAX_KEY_BYTES } from '../../store/store';
import { hasCode } from '../has-code';
import { type StoreTest, textOf } from './store-under-test';

/** What a batch promises: whole or not at all, in the order of the calls, and its callbacks in their turn. */
export function committingTests(test: StoreTest): void {
  test('shows nothing of a batch before its commit and all of it afterwards', async (under) => {
    await under.put('b', 'old');
    const batch = under.store.batch().put(utf8('a'), utf8('new')).delete(utf8('b'));
    assert.deepEqual(under.keys(), ['b']);
    await batch.commit();
    assert.deepEqual(under.keys(), ['a']);
  });

  test('lets the last of several operations on one key win', async (under) => {
    const key = utf8('k');
    await under.store.batch().put(key, utf8('1')).delete(key).put(key, utf8('2')).commit();
    await under.put('gone');
    await under.store.batch().put(utf8('gone'), utf8('1')).delete(utf8('gone')).commit();
    for (const turn of ['at once', 'opened again']) {
      assert.deepEqual(under.store.get(key), utf8('2'), turn);
      assert.equal(under.store.get(utf8('gone')), undefined, turn);
      await under.reopen();
    }
  });

  test('takes copies, so that the caller may wipe its bytes before the commit', async (under) => {
    const key = utf8('key');
    const value = utf8('value');
    const batch = under.store.batch().put(key, value);
    key.fill(0);
    value.fill(0);
    await batch.commit();
    assert.deepEqual(under.store.get(utf8('key')), utf8('value'));
  });

  test('counts the operations of a batch', (under) => {
    assert.equal(under.store.batch().put(utf8('a'), utf8('1')).delete(utf8('a')).size, 2);
  });

  test('commits in the order of the commit calls', async (under) => {
    const order: number[] = [];
    const commits = Array.from({ length: 50 }, (_unused, n) =>
      under.store
        .batch()
        .put(utf8('last'), utf8(String(n)))
        .afterCommit(() => order.push(n))
        .commit(),
    );
    await Promise.all(commits);
    assert.deepEqual(
      order,
      Array.from({ length: 50 }, (_unused, n) => n),
    );
    await under.reopen();
    assert.deepEqual(under.store.get(utf8('last')), utf8('49'));
  });

  test('keeps that order when some of them can wait', async (under) => {
    const order: number[] = [];
    const commits = Array.from({ length: 20 }, (_unused, n) =>
      under.store
        .batch()
        .put(utf8('last'), utf8(String(n)))
        .afterCommit(() => order.push(n))
        .commit({ canWait: n % 3 !== 0 }),
    );
    await Promise.all(commits);
    assert.deepEqual(
      order,
      Array.from({ length: 20 }, (_unused, n) => n),
    );
  });

  test('runs what waits for a commit in order, when reads see the batch and before the commit resolves', async (under) => {
    const events: string[] = [];
    const seen = () => textOf(under.store.get(utf8('k')) ?? new Uint8Array());
    await under.store
      .batch()
      .put(utf8('k'), utf8('v'))
      .afterCommit(() => events.push(`first sees ${seen()}`))
      .afterCommit(() => events.push(`second sees ${seen()}`))
      .commit()
      .then(() => events.push('resolved'));
    assert.deepEqual(events, ['first sees v', 'second sees v', 'resolved']);
  });

  test('gives the error of a callback to the caller of that commit only', async (under) => {
    const fault = new Error('mistake');
    const failing = under.store
      .batch()
      .put(utf8('a'), utf8('1'))
      .afterCommit(() => {
        throw fault;
      })
      .commit();
    const other = under.put('b');
    await assert.rejects(failing, fault);
    await other;
    assert.deepEqual(under.keys(), ['a', 'b']);
  });

  test('resolves an empty batch, in its turn', async (under) => {
    const events: string[] = [];
    const commits = ['a', '', 'b'].map((key) => {
      const batch = under.store.batch().afterCommit(() => events.push(key));
      return (key === '' ? batch : batch.put(utf8(key), utf8('1'))).commit();
    });
    await Promise.all(commits);
    assert.deepEqual(events, ['a', '', 'b']);
    await under.store.batch().commit();
  });

  test('refuses a key that is empty or too long, and takes the longest', async (under) => {
    const batch = under.store.batch();
    for (const length of [0, MAX_KEY_BYTES + 1]) {
      const key = new Uint8Array(length).fill(1);
      assert.throws(() => batch.put(key, utf8('v')), hasCode('ErrInvalidArgument'));
      assert.throws(() => batch.delete(key), hasCode('ErrInvalidArgument'));
      assert.throws(() => under.store.get(key), hasCode('ErrInvalidArgument'));
    }
    const longest = new Uint8Array(MAX_KEY_BYTES).fill(0xff);
    await batch.put(longest, utf8('v')).commit();
    assert.deepEqual(under.store.get(longest), utf8('v'));
  });

  test('commits a batch only once', async (under) => {
    const batch = under.store.batch().put(utf8('a'), utf8('1'));
    await batch.commit();
    await assert.rejects(batch.commit(), hasCode('ErrInvalidArgument'));
    assert.throws(() => batch.put(utf8('b'), utf8('2')), hasCode('ErrInvalidArgument'));
  });

  test('takes many commits at once', async (under) => {
    const commits = Array.from({ length: 300 }, (_unused, n) => under.put(`k${String(n).padStart(3, '0')}`));
    await Promise.all(commits);
    await under.reopen();
    assert.equal(under.keys().length, 300);
    assert.deepEqual(under.keys(), under.keys().sort());
  });
}
