import assert from 'node:assert/strict';
import { SimulatedTime } from '../../../lib/testing/simulated-platform';
import { openLocalEngine } from '../../../lib/storage/local/local-engine';
import { MemoryVolume, openMemoryStore } from '../../../lib/testing/memory-store';
import { alice, bob, carol, crypto, envelopeTo, openStorage } from './support/storage-fixture';

describe('message storage sweep', () => {
  it('deletes what is past its time in slices between which others work, and counts it', async () => {
    const { storage, time } = openStorage({ limits: { sweepSlice: 10 } });
    for (let n = 0; n < 25; n++) await storage.storeMessage(alice, envelopeTo(bob, `${n}`), 10);
    await storage.storeMessage(alice, envelopeTo(bob, 'kept'), 100);
    await time.advance(10_000);
    const sweep = storage.cleanupExpiredMessages();
    assert.equal(storage.cleanupExpiredMessages(), sweep);
    await new Promise<void>((resolve) => setImmediate(resolve));
    assert.equal(storage.getStorageStats().totalMessages, 16);
    await time.advance(100);
    assert.equal(await sweep, 25);
    assert.equal(storage.getStorageStats().totalMessages, 1);
  });

  it('asks its engine for at most 50 at a time, and lets a turn of the event loop pass between', async () => {
    const time = new SimulatedTime();
    const ages = { now: () => time.clock.monotonic() / 1000 };
    const engine = openLocalEngine({ crypto, store: openMemoryStore(new MemoryVolume()), ages });
    const slices: number[] = [];
    const expire = engine.expire.bind(engine);
    engine.expire = (max) => {
      slices.push(max);
      return expire(max);
    };
    const { storage } = openStorage({ engine }, new MemoryVolume(), time);
    await Promise.all(
      Array.from({ length: 130 }, (_, n) => {
        const from = n % 2 ? alice : carol;
        return storage.storeMessage(from, envelopeTo(bob, `${n}`), 10);
      }),
    );
    await time.advance(10_000);
    const sweep = storage.cleanupExpiredMessages();
    for (const turns of [1, 2, 3]) {
      await time.advance(0);
      assert.deepEqual(
        slices,
        Array.from({ length: turns }, () => 50),
      );
      await time.advance(1);
    }
    assert.equal(await sweep, 130);
  });

  it('is one slice at a time for all who wait for room', async () => {
    const time = new SimulatedTime();
    const ages = { now: () => time.clock.monotonic() / 1000 };
    const engine = openLocalEngine({ crypto, store: openMemoryStore(new MemoryVolume()), ages });
    const slices = { running: 0, most: 0, count: 0 };
    const expire = engine.expire.bind(engine);
    engine.expire = (max) => {
      slices.count += 1;
      slices.running += 1;
      slices.most = Math.max(slices.most, slices.running);
      return expire(max).finally(() => (slices.running -= 1));
    };
    const { storage } = openStorage({ engine }, new MemoryVolume(), time);
    const storeAll = (word: string) =>
      Promise.all(
        Array.from({ length: 150 }, (_, n) => storage.tryStore(alice, envelopeTo(bob, `${word} ${n}`), 10)),
      );
    const taken = (answers: Awaited<ReturnType<typeof storeAll>>) =>
      answers.filter(({ code }) => code === 'ok').length;
    assert.equal(taken(await storeAll('first')), 100);
    await time.advance(30_000);
    Object.assign(slices, { most: 0, count: 0 });
    assert.equal(taken(await storeAll('second')), 100);
    assert.equal(slices.most, 1);
    assert.ok(slices.count <= 4, `${slices.count} slices`);
  });

  it('ends after its slice when it is aborted', async () => {
    const { storage, time } = openStorage({ limits: { sweepSlice: 10 } });
    for (let n = 0; n < 25; n++) await storage.storeMessage(alice, envelopeTo(bob, `${n}`), 10);
    await time.advance(10_000);
    const stop = new AbortController();
    stop.abort();
    assert.equal(await storage.cleanupExpiredMessages(stop.signal), 10);
  });
});
