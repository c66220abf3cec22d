import assert from 'node:assert/strict';
import { utf8 } from '../../../../lib/bytes';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { ToxAsyncError } from '../../../../lib/errors';
import { MemoryDisk } from '../../../../lib/testing/memory-disk';
import { SeededRandom, SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { chooseStoreEngine, type StoreEngineWish } from '../../../../lib/store/directory/engine-choice';
import { openMemoryDirectory } from '../../../../lib/testing/memory-directory';
import { MemoryVolume, openMemoryStore } from '../../../../lib/testing/memory-store';
import { Closers } from '../../../../lib/store/directory/open-parts';
import { watchedStore } from '../../../../lib/store/directory/watched-store';
import { silentLogger } from '../../../../lib/types';

describe('a directory in memory', () => {
  let disk: MemoryDisk;
  let time: SimulatedTime;
  let volume: MemoryVolume;

  const open = () =>
    openMemoryDirectory({
      platform: { clock: time.clock, timers: time.timers, random: new SeededRandom(1), disk },
      crypto: createPortableProvider(),
      volume,
    });

  beforeEach(() => {
    disk = new MemoryDisk();
    time = new SimulatedTime();
    volume = new MemoryVolume();
  });

  it('outlives its session on disk and volume', async () => {
    const first = await open();
    const [held] = await first.vault.allocate(1);
    assert.ok(held);
    await first.store.batch().put(utf8('key'), utf8('value')).commit();
    await time.advance(5000);
    await first.close();
    const second = await open();
    assert.deepEqual(second.store.get(utf8('key')), utf8('value'));
    assert.deepEqual(second.vault.read(held.ref), held.secret);
    assert.equal(second.ages.now(), 5);
    await second.close();
    assert.equal(time.pendingTimers, 0);
  });

  it('saves its age within a minute of a write, after a crash without a wall clock', async () => {
    const first = await open();
    await time.advance(10 * 60_000);
    await first.store.batch().put(utf8('key'), utf8('value')).commit();
    await time.advance(90_000);
    volume.crash();
    time.stepWall(-86_400_000);
    const second = await open();
    assert.equal(second.ages.now(), 11 * 60);
    await second.close();
  });

  it('says when something was written, its age aside, until that is ended', async () => {
    const directory = await open();
    let told = 0;
    const end = directory.onWrite(() => (told += 1));
    await time.advance(2 * 3_600_000);
    assert.equal(told, 0);
    const write = () => directory.store.batch().put(utf8('key'), utf8('value')).commit();
    await Promise.all([write(), time.advance(1)]);
    assert.equal(told, 1);
    await directory.store.batch().commit();
    end();
    await write();
    assert.equal(told, 1);
    await directory.close();
  });

  it('writes nothing after a pause into a directory that was replaced, and lets what waits go in its order', async () => {
    const directory = await open();
    const put = (value: string) => directory.store.batch().put(utf8('key'), utf8(value)).commit();
    await time.advance(10 * 60_000);
    const order: string[] = [];
    const both = ['one', 'two'].map((value) => put(value).then(() => order.push(value)));
    await Promise.all([...both, time.advance(1)]);
    assert.deepEqual([order, directory.store.get(utf8('key'))], [['one', 'two'], utf8('two')]);
    await time.advance(10 * 60_000);
    await disk.writeFile('/data/vault', new Uint8Array(64));
    const refused = assert.rejects(put('three'), { code: 'ErrDirectoryReplaced' });
    await Promise.all([refused, time.advance(1)]);
    assert.deepEqual(directory.store.get(utf8('key')), utf8('two'));
    await directory.close().catch(() => undefined);
  });

  it('lets a batch that changes nothing go behind those that wait, whatever becomes of them', async () => {
    const directory = await open();
    const order: string[] = [];
    const put = (name: string) =>
      directory.store
        .batch()
        .put(utf8('key'), utf8(name))
        .afterCommit(() => order.push(name))
        .commit();
    const nothing = (name: string) =>
      directory.store
        .batch()
        .afterCommit(() => order.push(name))
        .commit();
    await time.advance(10 * 60_000);
    await nothing('alone after a pause');
    await Promise.all([put('one'), nothing('behind it'), put('two'), time.advance(1)]);
    assert.deepEqual(order.splice(0), ['alone after a pause', 'one', 'behind it', 'two']);
    await time.advance(10 * 60_000);
    await disk.writeFile('/data/vault', new Uint8Array(64));
    const refused = assert.rejects(put('three'), { code: 'ErrDirectoryReplaced' });
    await Promise.all([refused, nothing('behind it'), time.advance(1)]);
    assert.deepEqual(order, ['behind it']);
    await directory.close().catch(() => undefined);
  });

  it('gives up its reserve when the vault meets a full disk, so that what is under way can finish', async () => {
    const directory = await open();
    await time.advance(0);
    disk.limitFree(0);
    await assert.rejects(directory.vault.allocate(300), (error) =>
      ToxAsyncError.is(error, 'ErrLocalStorageFull'),
    );
    await time.advance(0);
    assert.ok(!directory.space.hasRoom());
    assert.equal((await directory.vault.allocate(60)).length, 60);
    await directory.close();
  });

  it('opens on a full disk by giving up the reserve', async () => {
    await (await open()).close();
    disk.limitFree(0);
    const directory = await open();
    assert.ok(!directory.space.hasRoom());
    await directory.close();
  });

  it('closes what it opened when it cannot be opened, and reports why', async () => {
    disk.readOnly = true;
    await assert.rejects(open(), (error: Error) => error.message.includes('EROFS'));
    disk.readOnly = false;
    await (await open()).close();
  });
});

describe('closing', () => {
  it('runs every step, the last opened first, and throws the first error', async () => {
    const ran: string[] = [];
    const closers = new Closers(new SimulatedTime().timers);
    closers.whenAllEnded(async () => void ran.push('lock'));
    closers.add(async () => {
      ran.push('store');
      throw new ToxAsyncError('ErrStore', 'store failed');
    });
    closers.add(async () => {
      ran.push('vault');
      throw Object.assign(new Error('vault failed'), { code: 'EIO' });
    });
    const isVaultFailed = (error: unknown) =>
      ToxAsyncError.is(error, 'ErrStore') && /vault failed/.test(error.message);
    await assert.rejects(closers.close(), isVaultFailed);
    await assert.rejects(closers.close(), isVaultFailed);
    assert.deepEqual(ran, ['vault', 'store', 'lock']);
  });

  it('lets nobody else in before the last step has ended, though it ends in time itself', async () => {
    const ran: string[] = [];
    const time = new SimulatedTime();
    const closers = new Closers(time.timers);
    let written: () => void = () => assert.fail('not begun');
    closers.whenAllEnded(async () => void ran.push('lock'));
    closers.add(async () => void ran.push('store'));
    closers.add(() => new Promise((resolve) => (written = resolve)));
    const closed = assert.rejects(closers.close(1000), /did not take within 1 s/);
    await time.advance(1000);
    await closed;
    assert.deepEqual(ran, ['store']);
    written();
    await time.advance(0);
    assert.deepEqual(ran, ['store', 'lock']);
  });
});

describe('a watched store', () => {
  it('tells of commits that are durable, and of those that found no space', async () => {
    const inner = openMemoryStore(new MemoryVolume());
    const batch = inner.batch.bind(inner);
    let fail: ToxAsyncError | undefined;
    inner.batch = () => {
      const made = batch();
      const commit = made.commit.bind(made);
      made.commit = () => (fail ? Promise.reject(fail) : commit());
      return made;
    };
    let full = 0;
    let written = 0;
    const store = watchedStore(inner, { onFull: () => (full += 1), onWrite: () => (written += 1) });
    const key = utf8('key');
    const committed: string[] = [];
    const write = store.batch().put(key, utf8('1')).delete(utf8('x'));
    assert.equal(write.size, 2);
    await write.afterCommit(() => committed.push('after')).commit();
    assert.deepEqual(committed, ['after']);
    assert.deepEqual(store.get(key), utf8('1'));
    fail = new ToxAsyncError('ErrStore', 'broken');
    await assert.rejects(store.batch().delete(key).commit(), fail);
    assert.equal(full, 0);
    fail = new ToxAsyncError('ErrLocalStorageFull', 'full');
    await assert.rejects(store.batch().delete(key).commit(), fail);
    assert.equal(full, 1);
    fail = undefined;
    await store.batch().commit();
    assert.equal(written, 1, 'of those that changed something');
    assert.equal([...store.range({ gte: utf8('a'), lt: utf8('z') })].length, 1);
    await store.close();
  });
});

describe('the engine', () => {
  let logged: string[];
  const choose = (wish: StoreEngineWish) =>
    chooseStoreEngine(wish, {
      ...silentLogger,
      info: (text) => logged.push(text),
      warn: (text) => logged.push(text),
    });

  beforeEach(() => {
    logged = [];
  });

  it('is lmdb where it loads, else nedb with a word about it', () => {
    assert.equal(choose({ asked: 'auto', recorded: undefined, lmdbLoads: true }), 'lmdb');
    assert.deepEqual(logged, []);
    assert.equal(choose({ asked: 'auto', recorded: undefined, lmdbLoads: false }), 'nedb');
    assert.equal(logged.length, 1);
  });

  it('is the recorded one, whatever is asked', () => {
    assert.equal(choose({ asked: 'auto', recorded: 'nedb', lmdbLoads: true }), 'nedb');
    assert.deepEqual(logged, []);
    assert.equal(choose({ asked: 'lmdb', recorded: 'nedb', lmdbLoads: true }), 'nedb');
    assert.equal(choose({ asked: 'nedb', recorded: 'lmdb', lmdbLoads: true }), 'lmdb');
    assert.equal(logged.length, 2);
  });

  it('that does not load is a typed error that says what to do', () => {
    for (const recorded of ['lmdb', undefined] as const) {
      assert.throws(
        () => choose({ asked: 'lmdb', recorded, lmdbLoads: false }),
        (error) => ToxAsyncError.is(error, 'ErrMissingLibrary') && /npm install lmdb/.test(error.message),
      );
    }
  });
});
