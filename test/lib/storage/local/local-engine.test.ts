import assert from 'node:assert/strict';
import fc from 'fast-check';
import { utf8 } from '../../../../lib/bytes';
import { ToxAsyncError } from '../../../../lib/errors';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { BLOCK_ENTRIES, blockKey, blockOf, decodeEntry } from '../../../../lib/storage/local/mail-records';
import { openLocalEngine, type LocalEngine } from '../../../../lib/storage/local/local-engine';
import { MemoryVolume, openMemoryStore } from '../../../../lib/testing/memory-store';
import type { Store, WriteBatch } from '../../../../lib/store/store';
import { bytesOf, mail } from '../../../../lib/testing/engine/sample-mail';
import { engineOver } from '../support/engine-over';
import { messageEngineSuite } from '../../../../lib/testing/engine/message-engine-suite';

const crypto = createPortableProvider();

messageEngineSuite({ describe, it, after }, 'memory store', () => {
  const volume = new MemoryVolume();
  return engineOver(async () => openMemoryStore(volume));
});

// So many numbers are used already that the next ones lie in two blocks.
messageEngineSuite({ describe, it, after }, 'memory store, at the border of two blocks', async () => {
  const volume = new MemoryVolume();
  await useNumbers(openMemoryStore(volume), BLOCK_ENTRIES - 3);
  volume.crash();
  return engineOver(async () => openMemoryStore(volume));
});

async function useNumbers(store: Store, count: number): Promise<void> {
  const engine = openLocalEngine({ store, crypto, ages: { now: () => 1000 } });
  const mails = Array.from({ length: count }, (_, n) => mail(`used ${n}`));
  await Promise.all(mails.map((one) => engine.put(one)));
  await Promise.all(mails.map(({ mailbox, storageId }) => engine.delete(mailbox, storageId)));
}

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
      put(key, ...value) {
        batch.put(key, ...value);
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
      peek: (key, look) => store.peek(key, look),
      range: (options) => store.range(options),
      batch: () => wrap(store.batch()),
      close: () => store.close(),
    };
    return { state, engine: openLocalEngine({ store: flakyStore, crypto, ages: { now: () => 1000 } }) };
  }

  /** The store, with a count of the records read. */
  function countReads(store: Store, counter: { read: number }): Store {
    return {
      engine: store.engine,
      get: (key) => {
        counter.read += 1;
        return store.get(key);
      },
      peek: (key, look) => {
        counter.read += 1;
        return store.peek(key, look);
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

  async function counts(engine: LocalEngine) {
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

  it('looks into the store once for its first mail, and not for what comes after', async () => {
    const counter = { read: 0 };
    const store = countReads(openMemoryStore(new MemoryVolume()), counter);
    const engine = openLocalEngine({ store, crypto, ages: { now: () => 1000 } });
    counter.read = 0;
    for (let n = 0; n < 3 * BLOCK_ENTRIES; n += 1) await engine.put(mail(`new ${n}`));
    assert.deepEqual(counter, { read: 1 });
  });

  it('opens without reading the envelopes but for the last, however much mail there is', async () => {
    const volume = new MemoryVolume();
    const first = openLocalEngine({ store: openMemoryStore(volume), crypto, ages: { now: () => 1000 } });
    for (let n = 0; n < 600; n++) await first.put(mail(`${n}`, { to: `friend ${n % 9}` }));
    volume.crash();
    const counter = { read: 0 };
    const store = countReads(openMemoryStore(volume), counter);
    const engine = openLocalEngine({ store, crypto, ages: { now: () => 1000 } });
    assert.deepEqual(engine.total(), { messages: 600, bytes: 600 * 287 });
    assert.deepEqual(engine.bytesOfSubmitter(alice), { messages: 600, bytes: 600 * 287 });
    const blocks = Math.floor(601 / BLOCK_ENTRIES);
    // The totals, the first block (to find it), the blocks, twice one that is not there yet, what will be in it.
    assert.equal(counter.read, 1 + 1 + blocks + 2 + (601 - blocks * BLOCK_ENTRIES));
  });

  it('does the work of a slice of the sweep only, however much is past its time', async () => {
    const store = openMemoryStore(new MemoryVolume());
    let now = 1000;
    const counter = { read: 0 };
    const engine = openLocalEngine({ store: countReads(store, counter), crypto, ages: { now: () => now } });
    const readsOf = async (messages: number) => {
      await Promise.all(Array.from({ length: messages }, (_, n) => engine.put(mail(`${now} ${n}`))));
      now += 100;
      counter.read = 0;
      assert.equal(await engine.expire(10), 10);
      return counter.read;
    };
    const few = await readsOf(20);
    const many = await readsOf(500);
    // Ten numbers that follow each other lie in one block or two.
    assert.ok(few <= 2 && many <= 2, `${few} and ${many} records read`);
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
    const engine = openLocalEngine({ store, crypto, ages: { now: () => 1000 } });
    for (let n = 0; n < 50; n++) await engine.put(mail(`${n}`, { to: `recipient ${n}` }));
    let bytes = 0;
    const everything = { gte: new Uint8Array([0]), lt: new Uint8Array([0xff]) };
    for (const [key, value] of store.range(everything)) bytes += key.length + value.length;
    // Engines add their own structure: pages of a B-tree with random inserts are about two thirds full.
    assert.ok(bytes / 50 - 287 < 400 * (2 / 3), `${bytes / 50 - 287} bytes a message`);
  });

  it('leaves nothing behind when everything is deleted but the totals', async () => {
    const store = openMemoryStore(new MemoryVolume());
    const engine = openLocalEngine({ store, crypto, ages: { now: () => 1000 } });
    const one = mail('one');
    await engine.put(one);
    await engine.renew(bob, one.storageId, 500);
    await engine.delete(bob, one.storageId);
    const everything = { gte: new Uint8Array([0]), lt: new Uint8Array([0xff]) };
    assert.equal([...store.range(everything)].length, 1);
  });

  it('writes the entries of a block once all of its numbers are given, and changes them there', async () => {
    const volume = new MemoryVolume();
    const engine = openLocalEngine({ store: openMemoryStore(volume), crypto, ages: { now: () => 1000 } });
    const listed = (number: number) => {
      const block = volume.index.get(blockKey(blockOf(number)));
      return block && decodeEntry(block, number);
    };
    for (let n = 1; n < 2 * BLOCK_ENTRIES; n++) {
      await engine.put(mail(`${n}`));
      const complete = Math.floor((n + 1) / BLOCK_ENTRIES) * BLOCK_ENTRIES;
      for (let number = 1; number <= n; number++) assert.equal(!!listed(number), number < complete);
    }
    const one = mail('5');
    await engine.renew(bob, one.storageId, 500);
    assert.equal(listed(5)?.expires, 1500);
    await engine.delete(bob, one.storageId);
    assert.equal(listed(5), undefined);
    assert.ok(listed(4) && listed(6));
  });

  it('keeps a renewal of the newest mail, which is in no block yet, over a restart', async () => {
    const volume = new MemoryVolume();
    const open = () => openLocalEngine({ store: openMemoryStore(volume), crypto, ages: { now: () => 1000 } });
    const one = mail('one');
    const engine = open();
    await Promise.all([engine.put(one), engine.renew(bob, one.storageId, 300)]);
    volume.crash();
    assert.equal((await open().get(bob, one.storageId))?.remaining, 300);
    volume.crash();
    await open().renew(bob, one.storageId, 500);
    volume.crash();
    assert.equal((await open().get(bob, one.storageId))?.remaining, 500);
  });

  it('shows mail only once it is durable, and on while its entry moves to a block', async () => {
    const volume = new MemoryVolume();
    const engine = openLocalEngine({
      store: openMemoryStore(volume),
      crypto,
      ages: { now: () => 1000 },
    });
    const onDisk = () => [...volume.index.range({ gte: utf8('~'), lt: utf8('~f') })].length;
    for (let n = 0; n < BLOCK_ENTRIES + 3; n++) {
      const state = { isDone: false };
      const put = engine.put(mail(`${n}`)).then(() => (state.isDone = true));
      while (!state.isDone) {
        const durable = onDisk();
        const [page, found] = [engine.page(bob, 0, 100), engine.get(bob, mail(`${n}`).storageId)];
        assert.equal((await page).items.length, durable);
        assert.equal((await found) !== undefined, durable > n);
      }
      await put;
      assert.equal(onDisk(), n + 1);
    }
  });

  for (const used of [0, BLOCK_ENTRIES - 4])
    it(`after a crash at any moment counts exactly what is there, ${used} numbers used before`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.nat(5), { minLength: 1, maxLength: 30 }),
          fc.nat(30),
          async (words, stop) => {
            const volume = new MemoryVolume();
            const open = () =>
              openLocalEngine({ store: openMemoryStore(volume), crypto, ages: { now: () => 1000 } });
            await useNumbers(openMemoryStore(volume), used);
            volume.crash();
            const engine = open();
            const running = words.map((word, n) =>
              n % 3 === 2 ? engine.delete(bob, mail(`${word}`).storageId) : engine.put(mail(`${word}`)),
            );
            const settled = Promise.allSettled(running);
            for (let turn = 0; turn < stop; turn++) await Promise.resolve();
            volume.crash();
            await settled;
            const again = open();
            const { listed, total, mailbox, submitter } = await counts(again);
            assert.deepEqual([total, mailbox, submitter], [listed, listed, listed]);
            assert.equal((await again.stats()).mailboxes, listed > 0 ? 1 : 0);
          },
        ),
        { numRuns: 60 },
      );
    });
});
