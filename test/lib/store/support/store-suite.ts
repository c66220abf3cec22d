import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareBytes, toHex, utf8 } from '../../../../lib/bytes';
import { type ErrorCode, ToxAsyncError } from '../../../../lib/errors';
import { MAX_KEY_BYTES, type RangeOptions, type Store } from '../../../../lib/store/store';

/** One place on a disk, real or not, where a store can be opened again and again. */
export interface StorePlace {
  open(): Promise<Store>;
  remove(): Promise<void>;
}

export interface StoreSuiteOptions {
  /** Random histories to play; each opens the store several times. */
  readonly histories: number;
}

const ALL: RangeOptions = { gte: new Uint8Array(), lt: new Uint8Array(8).fill(0xff) };

/** What every engine guarantees (lib/store/store.ts). */
export function storeSuite(
  name: string,
  makePlace: () => Promise<StorePlace>,
  options: StoreSuiteOptions,
): void {
  describe(`the store on ${name}`, () => {
    let place: StorePlace;
    let store: Store;

    beforeEach(async () => {
      place = await makePlace();
      store = await place.open();
    });

    afterEach(async () => {
      await store.close();
      await place.remove();
    });

    const put = (key: string, value = key) => store.batch().put(utf8(key), utf8(value)).commit();
    const reopen = async () => {
      await store.close();
      store = await place.open();
    };

    it('gives back what was put, also after it was opened again', async () => {
      await put('key', 'value');
      assert.deepEqual(store.get(utf8('key')), utf8('value'));
      await reopen();
      assert.deepEqual(store.get(utf8('key')), utf8('value'));
      assert.equal(store.get(utf8('other')), undefined);
    });

    it('shows a value without a copy, and calls nobody when there is none', async () => {
      await put('key', 'value');
      await put('large', 'x'.repeat(300_000));
      assert.deepEqual(
        store.peek(utf8('key'), (value) => value.slice()),
        utf8('value'),
      );
      assert.equal(
        store.peek(utf8('large'), ({ length }) => length),
        300_000,
      );
      let called = 0;
      assert.equal(
        store.peek(utf8('other'), () => (called += 1)),
        undefined,
      );
      assert.equal(called, 0);
      const fails = () => {
        throw new RangeError('of the caller');
      };
      assert.throws(() => store.peek(utf8('key'), fails), RangeError);
      assert.throws(() => store.peek(new Uint8Array(), () => 0), hasCode('ErrInvalidArgument'));
    });

    it('keeps empty, binary and large values', async () => {
      const values = [new Uint8Array(), Uint8Array.of(0, 255, 10, 13, 0), new Uint8Array(300_000).fill(7)];
      const batch = store.batch();
      for (const [at, value] of values.entries()) batch.put(Uint8Array.of(0, at), value);
      await batch.commit();
      for (const turn of ['at once', 'opened again']) {
        const read = [...store.range(ALL)].map(([, value]) => value);
        assert.deepEqual(read, values, turn);
        assert.deepEqual(store.get(Uint8Array.of(0, 2)), values[2], turn);
        await reopen();
      }
    });

    it('shows nothing of a batch before its commit and all of it afterwards', async () => {
      await put('b', 'old');
      const batch = store.batch().put(utf8('a'), utf8('new')).delete(utf8('b'));
      assert.deepEqual(keys(store), ['b']);
      await batch.commit();
      assert.deepEqual(keys(store), ['a']);
    });

    it('lets the last of several operations on one key win', async () => {
      const key = utf8('k');
      await store.batch().put(key, utf8('1')).delete(key).put(key, utf8('2')).commit();
      await put('gone');
      await store.batch().put(utf8('gone'), utf8('1')).delete(utf8('gone')).commit();
      for (const turn of ['at once', 'opened again']) {
        assert.deepEqual(store.get(key), utf8('2'), turn);
        assert.equal(store.get(utf8('gone')), undefined, turn);
        await reopen();
      }
    });

    it('takes copies, so that the caller may wipe its bytes before the commit', async () => {
      const key = utf8('key');
      const value = utf8('value');
      const batch = store.batch().put(key, value);
      key.fill(0);
      value.fill(0);
      await batch.commit();
      assert.deepEqual(store.get(utf8('key')), utf8('value'));
    });

    it('counts the operations of a batch', () => {
      assert.equal(store.batch().put(utf8('a'), utf8('1')).delete(utf8('a')).size, 2);
    });

    it('ranges bytewise over gte <= key < lt, forwards and backwards, up to the limit', async () => {
      const batch = store.batch();
      for (const key of ['b', 'a', 'aa', 'c', 'b\u0000']) batch.put(utf8(key), utf8('x'));
      await batch.put(Uint8Array.of(0xff), utf8('x')).put(Uint8Array.of(0), utf8('x')).commit();
      const range = (gte: string, lt: string, more: object = {}) =>
        [...store.range({ gte: utf8(gte), lt: utf8(lt), ...more })].map(([key]) => text(key));
      assert.deepEqual(range('a', 'c'), ['a', 'aa', 'b', 'b\u0000']);
      assert.deepEqual(range('a', 'c', { reverse: true }), ['b\u0000', 'b', 'aa', 'a']);
      assert.deepEqual(range('aaa', 'bb', { limit: 1 }), ['b']);
      assert.deepEqual(range('aaa', 'zz', { reverse: true, limit: 1 }), ['c']);
      assert.deepEqual(range('a', 'c', { limit: 0 }), []);
      assert.deepEqual(range('c', 'a'), []);
      assert.deepEqual(range('a', ''), []);
      assert.equal([...store.range({ gte: new Uint8Array(), lt: Uint8Array.of(0xff, 0) })].length, 7);
    });

    it('ranges over one state, whatever is committed meanwhile', async () => {
      for (const key of ['a', 'b', 'c']) await put(key);
      const seen: string[] = [];
      for (const [key, value] of store.range(ALL)) {
        seen.push(`${text(key)}=${text(value)}`);
        await store.batch().delete(utf8('b')).put(utf8('c'), utf8('new')).put(utf8('d'), utf8('d')).commit();
      }
      assert.deepEqual(seen, ['a=a', 'b=b', 'c=c']);
      assert.deepEqual(keys(store), ['a', 'c', 'd']);
    });

    it('commits in the order of the commit calls', async () => {
      const order: number[] = [];
      const commits = Array.from({ length: 50 }, (_unused, n) =>
        store
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
      await reopen();
      assert.deepEqual(store.get(utf8('last')), utf8('49'));
    });

    it('runs what waits for a commit in order, when reads see the batch and before the commit resolves', async () => {
      const events: string[] = [];
      const seen = () => text(store.get(utf8('k')) ?? new Uint8Array());
      await store
        .batch()
        .put(utf8('k'), utf8('v'))
        .afterCommit(() => events.push(`first sees ${seen()}`))
        .afterCommit(() => events.push(`second sees ${seen()}`))
        .commit()
        .then(() => events.push('resolved'));
      assert.deepEqual(events, ['first sees v', 'second sees v', 'resolved']);
    });

    it('gives the error of a callback to the caller of that commit only', async () => {
      const fault = new Error('mistake');
      const failing = store
        .batch()
        .put(utf8('a'), utf8('1'))
        .afterCommit(() => {
          throw fault;
        })
        .commit();
      const other = put('b');
      await assert.rejects(failing, fault);
      await other;
      assert.deepEqual(keys(store), ['a', 'b']);
    });

    it('resolves an empty batch, in its turn', async () => {
      const events: string[] = [];
      const commits = ['a', '', 'b'].map((key) => {
        const batch = store.batch().afterCommit(() => events.push(key));
        return (key === '' ? batch : batch.put(utf8(key), utf8('1'))).commit();
      });
      await Promise.all(commits);
      assert.deepEqual(events, ['a', '', 'b']);
      await store.batch().commit();
    });

    it('refuses a key that is empty or too long, and takes the longest', async () => {
      const batch = store.batch();
      for (const length of [0, MAX_KEY_BYTES + 1]) {
        const key = new Uint8Array(length).fill(1);
        assert.throws(() => batch.put(key, utf8('v')), hasCode('ErrInvalidArgument'));
        assert.throws(() => batch.delete(key), hasCode('ErrInvalidArgument'));
        assert.throws(() => store.get(key), hasCode('ErrInvalidArgument'));
      }
      const longest = new Uint8Array(MAX_KEY_BYTES).fill(0xff);
      await batch.put(longest, utf8('v')).commit();
      assert.deepEqual(store.get(longest), utf8('v'));
    });

    it('commits a batch only once', async () => {
      const batch = store.batch().put(utf8('a'), utf8('1'));
      await batch.commit();
      await assert.rejects(batch.commit(), hasCode('ErrInvalidArgument'));
      assert.throws(() => batch.put(utf8('b'), utf8('2')), hasCode('ErrInvalidArgument'));
    });

    it('finishes the commits under way when it is closed', async () => {
      const done: number[] = [];
      for (let n = 0; n < 20; n += 1) void put(`k${n}`).then(() => done.push(n));
      await Promise.all([store.close(), store.close()]);
      assert.equal(done.length, 20);
      await reopen();
      assert.equal(keys(store).length, 20);
    });

    it('answers every call after its close with ErrClosed', async () => {
      const batch = store.batch().put(utf8('a'), utf8('1'));
      const closing = store.close();
      await assert.rejects(batch.commit(), hasCode('ErrClosed'));
      assert.throws(() => store.batch(), hasCode('ErrClosed'));
      await closing;
      assert.throws(() => store.get(utf8('a')), hasCode('ErrClosed'));
      assert.throws(() => store.peek(utf8('a'), () => 0), hasCode('ErrClosed'));
      assert.throws(() => store.range(ALL), hasCode('ErrClosed'));
      await store.close();
    });

    it('survives being closed in the middle of an iteration', async () => {
      for (const key of ['a', 'b', 'c']) await put(key);
      const iteration = store.range(ALL)[Symbol.iterator]();
      iteration.next();
      await store.close();
      try {
        while (iteration.next().done !== true);
      } catch (error) {
        assert.ok(ToxAsyncError.is(error, 'ErrClosed'));
      }
    });

    it('takes many commits at once', async () => {
      const commits = Array.from({ length: 300 }, (_unused, n) => put(`k${String(n).padStart(3, '0')}`));
      await Promise.all(commits);
      await reopen();
      assert.equal(keys(store).length, 300);
      assert.deepEqual(keys(store), keys(store).sort());
    });

    it('holds after any history what a plain map would hold', async () => {
      const key = fc.uint8Array({ minLength: 1, maxLength: 2, max: 3 });
      const operation = fc.tuple(key, fc.option(fc.uint8Array({ maxLength: 9 }), { nil: undefined }));
      const batch = fc.array(operation, { maxLength: 8 });
      const round = fc.array(batch, { maxLength: 6 });
      const property = fc.asyncProperty(
        fc.array(round, { maxLength: 3 }),
        key,
        key,
        async (rounds, gte, lt) => {
          const fresh = await makePlace();
          const model = new Map<string, [Uint8Array, Uint8Array]>();
          try {
            for (const batches of rounds) {
              const opened = await fresh.open();
              const commits = batches.map((operations) => {
                const writes = opened.batch();
                for (const [k, v] of operations) {
                  if (v) writes.put(k, v);
                  else writes.delete(k);
                  if (v) model.set(toHex(k), [new Uint8Array(k), new Uint8Array(v)]);
                  else model.delete(toHex(k));
                }
                return writes.commit();
              });
              await Promise.all(commits);
              assertHolds(opened, model, gte, lt);
              await opened.close();
            }
            const opened = await fresh.open();
            assertHolds(opened, model, gte, lt);
            await opened.close();
          } finally {
            await fresh.remove();
          }
        },
      );
      await fc.assert(property, { numRuns: options.histories });
    });
  });
}

export function hasCode(code: ErrorCode): (error: unknown) => boolean {
  return (error) => ToxAsyncError.is(error, code);
}

export function keys(store: Store): string[] {
  return [...store.range(ALL)].map(([key]) => text(key));
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

function assertHolds(
  store: Store,
  model: Map<string, [Uint8Array, Uint8Array]>,
  gte: Uint8Array,
  lt: Uint8Array,
): void {
  const entries = [...model.values()].sort(([a], [b]) => compareBytes(a, b));
  assert.deepEqual([...store.range(ALL)], entries);
  const part = entries.filter(([key]) => compareBytes(key, gte) >= 0 && compareBytes(key, lt) < 0);
  assert.deepEqual([...store.range({ gte, lt })], part);
  assert.deepEqual([...store.range({ gte, lt, reverse: true })], part.slice().reverse());
  assert.deepEqual([...store.range({ gte, lt, limit: 2 })], part.slice(0, 2));
  assert.deepEqual(
    [...store.range({ gte, lt, reverse: true, limit: 2 })],
    part.slice().reverse().slice(0, 2),
  );
  for (const [key, value] of entries) assert.deepEqual(store.get(key), value);
}
