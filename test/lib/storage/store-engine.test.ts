import assert from 'node:assert/strict';
import fc from 'fast-check';
import { utf8 } from '../../../lib/bytes';
import { ToxAsyncError } from '../../../lib/errors';
import { openStoreEngine, type StoreEngine } from '../../../lib/storage/store-engine';
import { MemoryVolume, openMemoryStore } from '../../../lib/store/memory-store';
import type { Store, WriteBatch } from '../../../lib/store/store';
import { afterPrefix } from '../../../lib/store/table';
import { bytesOf, mail } from './fixtures';
import { engineOver } from './engine-over';
import { messageEngineSuite } from './message-engine-suite';

messageEngineSuite('memory store', () => {
  const volume = new MemoryVolume();
  return engineOver(async () => openMemoryStore(volume));
});

// Every record moves from the journal to the index as soon as it can.
messageEngineSuite('memory store, mail moving to the index', () => {
  const volume = new MemoryVolume();
  return engineOver(async () => openMemoryStore(volume), undefined, { mostRecent: 1, movedAtOnce: 2 });
});

describe('engine over a store', () => {
  const bob = bytesOf('bob');
  const alice = bytesOf('alice', 16);

  /** A store whose commits fail on demand, with the batch durable or not. */
  function flaky(store: Store) {
    const state = { commits: 0, fail: 'no' as 'no' | 'lost' | 'durable' };
    const wrap = (batch: WriteBatch): WriteBatch => ({
      get size() {
        return batch.size;
      },
      put(key, value) {
        batch.put(key, value);
        return this;
      },
      delete(key) {
        batch.delete(key);
        return this;
      },
      afterCommit(run) {
        batch.afterCommit(run);
        return this;
      },
      commit: async () => {
        state.commits += 1;
        const { fail } = state;
        if (fail !== 'lost') await batch.commit();
        if (fail !== 'no') throw new ToxAsyncError('ErrLocalStorageFull', 'The disk is full.');
      },
    });
    const flakyStore: Store = {
      engine: store.engine,
      get: (key) => store.get(key),
      range: (options) => store.range(options),
      batch: () => wrap(store.batch()),
      close: () => store.close(),
    };
    return { state, engine: openStoreEngine({ store: flakyStore, ages: { now: () => 1000 } }) };
  }

  /** The store, with a count of the records read. */
  function countReads(store: Store, counter: { read: number }): Store {
    return {
      engine: store.engine,
      get: (key) => {
        counter.read += 1;
        return store.get(key);
      },
      range: (options) => {
        const entries = [...store.range(options)];
        counter.read += entries.length;
        return entries;
      },
      batch: () => store.batch(),
      close: () => store.close(),
    };
  }

  async function counts(engine: StoreEngine) {
    const page = await engine.page(bob, 0, 1000);
    return {
      listed: page.items.length,
      total: engine.total().messages,
      mailbox: engine.countInMailbox(bob),
      submitter: engine.bytesOfSubmitter(alice).messages,
    };
  }

  for (const fail of ['lost', 'durable'] as const) {
    it(`counts what is there after a commit that failed and is ${fail}`, async () => {
      const volume = new MemoryVolume();
      const { state, engine } = flaky(openMemoryStore(volume));
      await engine.put(mail('before'));
      state.fail = fail;
      const results = await Promise.allSettled([engine.put(mail('one')), engine.put(mail('two'))]);
      assert.deepEqual(
        results.map(({ status }) => status),
        ['rejected', 'rejected'],
      );
      state.fail = 'no';
      const there = fail === 'lost' ? 1 : 3;
      assert.deepEqual(await counts(engine), {
        listed: there,
        total: there,
        mailbox: there,
        submitter: there,
      });
      await engine.put(mail('after'));
      assert.equal((await counts(engine)).listed, there + 1);
      assert.equal((await counts(engine)).total, there + 1);
    });
  }

  it('makes puts that arrive together durable in one batch', async () => {
    const { state, engine } = flaky(openMemoryStore(new MemoryVolume()));
    await Promise.all(Array.from({ length: 50 }, (_, n) => engine.put(mail(`${n}`))));
    assert.equal(state.commits, 1);
    await Promise.all(Array.from({ length: 600 }, (_, n) => engine.put(mail(`more ${n}`))));
    assert.equal(state.commits, 1 + 3);
    assert.equal((await counts(engine)).listed, 650);
  });

  it('opens without reading the mail, however much there is', async () => {
    const volume = new MemoryVolume();
    const store = openMemoryStore(volume);
    const index = { mostRecent: 20, movedAtOnce: 8 };
    const first = openStoreEngine({ store, ages: { now: () => 1000 }, index });
    for (let n = 0; n < 200; n++) await first.put(mail(`${n}`, { to: `friend ${n % 9}` }));
    const counter = { read: 0 };
    const engine = openStoreEngine({ store: countReads(store, counter), ages: { now: () => 1000 } });
    assert.deepEqual(engine.total(), { messages: 200, bytes: 200 * 287 });
    assert.deepEqual(engine.bytesOfSubmitter(alice), { messages: 200, bytes: 200 * 287 });
    assert.ok(counter.read <= 2 + index.mostRecent, `${counter.read} records`);
  });

  it('does the work of a slice of the sweep only, however much is past its time', async () => {
    const store = openMemoryStore(new MemoryVolume());
    let now = 1000;
    const counter = { read: 0 };
    const engine = openStoreEngine({ store: countReads(store, counter), ages: { now: () => now } });
    const readsOf = async (messages: number) => {
      await Promise.all(Array.from({ length: messages }, (_, n) => engine.put(mail(`${now} ${n}`))));
      now += 100;
      counter.read = 0;
      assert.equal(await engine.expire(10), 10);
      return counter.read;
    };
    const few = await readsOf(20);
    const many = await readsOf(500);
    assert.equal(many, few);
    assert.ok(few <= 10 * 8, `${few} records read`);
  });

  it('counts a mailbox right that is first asked about while mail leaves it', async () => {
    for (const index of [
      { mostRecent: 1, movedAtOnce: 100 },
      { mostRecent: 100, movedAtOnce: 1 },
    ]) {
      for (let moment = 0; moment < 12; moment++) {
        const volume = new MemoryVolume();
        const open = () =>
          openStoreEngine({ store: openMemoryStore(volume), ages: { now: () => 1000 }, index });
        const first = open();
        for (let n = 0; n < 5; n++) await first.put(mail(`${n}`));
        volume.crash();
        const engine = open();
        const leaving = [0, 1, 4].map((n) => engine.delete(bob, mail(`${n}`).storageId));
        for (let turn = 0; turn < moment; turn++) await Promise.resolve();
        assert.ok([2, 5].includes(engine.countInMailbox(bob)));
        await Promise.all(leaving);
        assert.deepEqual(await counts(engine), { listed: 2, total: 2, mailbox: 2, submitter: 2 });
        await engine.put(mail('another'));
        assert.deepEqual(await counts(engine), { listed: 3, total: 3, mailbox: 3, submitter: 3 });
        await Promise.all(['another', '2', '3'].map((word) => engine.delete(bob, mail(word).storageId)));
        assert.equal(engine.stats().mailboxes, 0);
      }
    }
  });

  it('sweeps without reading all of the mailboxes', async () => {
    const volume = new MemoryVolume();
    const index = { mostRecent: 1, movedAtOnce: 1000 };
    const first = openStoreEngine({ store: openMemoryStore(volume), ages: { now: () => 1000 }, index });
    await Promise.all(
      Array.from({ length: 500 }, (_, n) => first.put(mail(`${n}`, { keepSeconds: n < 10 ? 5 : 500 }))),
    );
    await first.put(mail('last', { keepSeconds: 500 }));
    volume.crash();
    const store = openMemoryStore(volume);
    let read = 0;
    const counting: Store = {
      engine: store.engine,
      get: (key) => store.get(key),
      *range(options) {
        for (const entry of store.range(options)) {
          read += 1;
          yield entry;
        }
      },
      batch: () => store.batch(),
      close: () => store.close(),
    };
    const engine = openStoreEngine({ store: counting, ages: { now: () => 1100 }, index });
    read = 0;
    assert.equal(await engine.expire(100), 10);
    assert.ok(read <= 3 * 10, `${read} records`);
    assert.deepEqual(await counts(engine), { listed: 491, total: 491, mailbox: 491, submitter: 491 });
  });

  it('writes nothing for further deposits within one second', async () => {
    const { state, engine } = flaky(openMemoryStore(new MemoryVolume()));
    const one = mail('one');
    await engine.put(one);
    await engine.renew(bob, one.storageId, one.keepSeconds);
    assert.equal(state.commits, 1);
  });

  it('takes at most 400 bytes a message beside the envelope, with every record it keeps', async () => {
    const store = openMemoryStore(new MemoryVolume());
    const engine = openStoreEngine({ store, ages: { now: () => 1000 } });
    for (let n = 0; n < 50; n++) await engine.put(mail(`${n}`, { to: `recipient ${n}` }));
    let bytes = 0;
    const everything = { gte: new Uint8Array([0]), lt: new Uint8Array([0xff]) };
    for (const [key, value] of store.range(everything)) bytes += key.length + value.length;
    // Engines add their own structure: pages of a B-tree with random inserts are about two thirds full.
    assert.ok(bytes / 50 - 287 < 400 * (2 / 3), `${bytes / 50 - 287} bytes a message`);
  });

  it('leaves nothing behind when everything is deleted but the totals', async () => {
    const store = openMemoryStore(new MemoryVolume());
    const engine = openStoreEngine({ store, ages: { now: () => 1000 } });
    const one = mail('one');
    await engine.put(one);
    await engine.renew(bob, one.storageId, 500);
    await engine.delete(bob, one.storageId);
    const everything = { gte: new Uint8Array([0]), lt: new Uint8Array([0xff]) };
    assert.equal([...store.range(everything)].length, 1);
  });

  it('keeps the record of each message in one place, in the journal or in the index', async () => {
    const store = openMemoryStore(new MemoryVolume());
    const index = { mostRecent: 6, movedAtOnce: 4 };
    const engine = openStoreEngine({ store, ages: { now: () => 1000 }, index });
    const under = (prefix: string) =>
      [...store.range({ gte: utf8(prefix), lt: afterPrefix(utf8(prefix)) })].length;
    const seen = new Set<string>();
    for (let n = 1; n <= 40; n++) {
      await engine.put(mail(`${n}`, { to: `friend ${n % 5}` }));
      const [recent, indexed, expiring] = [under('mr/'), under('mi/') / 2, under('mx/')];
      assert.deepEqual([recent + indexed, expiring], [n, indexed]);
      seen.add(recent === 0 ? 'no journal' : indexed === 0 ? 'no index' : 'both');
      const listed: number[] = [];
      for (let friend = 0; friend < 5; friend++) {
        const { items } = await engine.page(bytesOf(`friend ${friend}`), 0, 100);
        const cursors = items.map(({ cursor }) => cursor);
        assert.deepEqual(
          cursors,
          [...cursors].sort((a, b) => a - b),
        );
        listed.push(...cursors);
      }
      assert.equal(new Set(listed).size, n);
    }
    assert.ok(seen.has('no index') && seen.has('both'));
    assert.ok(under('mr/') <= index.mostRecent, 'the journal grows without end');
  });

  it('shows mail only once it is durable, and on while it moves to the index', async () => {
    const volume = new MemoryVolume();
    const engine = openStoreEngine({
      store: openMemoryStore(volume),
      ages: { now: () => 1000 },
      index: { mostRecent: 2, movedAtOnce: 2 },
    });
    const onDisk = () => [...volume.index.range({ gte: utf8('~e/'), lt: utf8('~f') })].length;
    for (let n = 0; n < 6; n++) {
      const state = { isDone: false };
      const put = engine.put(mail(`${n}`)).then(() => (state.isDone = true));
      while (!state.isDone) {
        const durable = onDisk();
        const [page, found] = [engine.page(bob, 0, 10), engine.get(bob, mail(`${n}`).storageId)];
        assert.equal((await page).items.length, durable);
        assert.equal((await found) !== undefined, durable > n);
      }
      await put;
      assert.equal(onDisk(), n + 1);
    }
  });

  for (const index of [undefined, { mostRecent: 2, movedAtOnce: 2 }])
    it(`after a crash at any moment counts exactly what is there${index ? ', mail moving' : ''}`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.nat(5), { minLength: 1, maxLength: 30 }),
          fc.nat(30),
          async (words, stop) => {
            const volume = new MemoryVolume();
            const options = { ages: { now: () => 1000 }, ...(index && { index }) };
            const engine = openStoreEngine({ store: openMemoryStore(volume), ...options });
            const running = words.map((word, n) =>
              n % 3 === 2 ? engine.delete(bob, mail(`${word}`).storageId) : engine.put(mail(`${word}`)),
            );
            const settled = Promise.allSettled(running);
            for (let turn = 0; turn < stop; turn++) await Promise.resolve();
            volume.crash();
            await settled;
            const again = openStoreEngine({ store: openMemoryStore(volume), ...options });
            const { listed, total, mailbox, submitter } = await counts(again);
            assert.deepEqual([total, mailbox, submitter], [listed, listed, listed]);
            assert.equal(again.stats().mailboxes, listed > 0 ? 1 : 0);
          },
        ),
        { numRuns: 60 },
      );
    });
});
