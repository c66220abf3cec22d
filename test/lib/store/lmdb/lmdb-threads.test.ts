import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { join } from 'node:path';
import { utf8 } from '../../../../lib/bytes';
import { systemDisk } from '../../../../lib/platform/system/system-disk';
import { systemTimers, type Timers } from '../../../../lib/platform/timers';
import { LmdbReader } from '../../../../lib/store/lmdb/lmdb-reader';
import { LmdbThread } from '../../../../lib/store/lmdb/lmdb-thread';
import { lmdbAvailable, openLmdbStore } from '../../../../lib/store/lmdb/lmdb-store';
import { LmdbWriter, restartPause } from '../../../../lib/store/lmdb/lmdb-writer';
import type { Store } from '../../../../lib/store/store';
import { Operations } from '../../../../lib/store/operations';
import { cannotMount, fillVolume, makeScratch, mountSmallVolume } from '../support/scratch';
import { hasCode } from '../../../../lib/testing/has-code';
import { keysOf } from '../../../../lib/testing/store/store-under-test';

/** Bytes that are not operations: the writing thread dies of them. */
const poison = () => new Uint8Array(20).fill(255).buffer;
const put = (...keys: string[]) => {
  const operations = new Operations();
  for (const key of keys) operations.put(utf8(key), [utf8('v')]);
  return operations.take();
};

describe('the writing thread of lmdb', () => {
  let scratch: ReturnType<typeof makeScratch>;
  let path: string;

  beforeEach(() => {
    scratch = makeScratch();
    path = join(scratch.path, 'store');
  });

  afterEach(() => scratch.remove());

  it('fails the commit it dies of and is started again for the next one', async () => {
    const reader = new LmdbReader(path);
    const writer = new LmdbWriter({ path, timers: systemTimers, onDeath: () => reader.reset() });
    await writer.commit(put('before'));
    await assert.rejects(writer.commit(poison()), RangeError);
    assert.deepEqual(reader.get(utf8('before')), utf8('v'));
    await writer.commit(put('after'));
    reader.refresh();
    assert.deepEqual(reader.get(utf8('after')), utf8('v'));
    await writer.close();
    reader.reset();
  });

  it('is started again at once, then after growing pauses, until a commit succeeds', async () => {
    const pauses: number[] = [];
    const timers: Timers = {
      after: (ms, run) => {
        pauses.push(ms);
        setImmediate(run);
        return { cancel: () => undefined };
      },
    };
    const writer = new LmdbWriter({ path, timers, onDeath: () => undefined });
    for (let n = 0; n < 3; n += 1) await assert.rejects(writer.commit(poison()));
    await writer.commit(put('a'));
    assert.deepEqual(pauses, [100, 200]);
    await assert.rejects(writer.commit(poison()));
    await writer.commit(put('b'));
    assert.equal(pauses.length, 2);
    await writer.close();
  });

  it('is another one when the one that got ready before died of it', async () => {
    const thread = new LmdbThread();
    await thread.open(path);
    await assert.rejects(thread.commit(poison()), RangeError);
    const writer = new LmdbWriter({ path, timers: systemTimers, onDeath: () => undefined, thread });
    await writer.commit(put('a'));
    await writer.close();
  });

  it('waits twice as long after each failure, up to 5 s', () => {
    assert.deepEqual([0, 1, 2, 3, 4, 7, 8, 2000].map(restartPause), [0, 0, 100, 200, 400, 3200, 5000, 5000]);
  });

  it('does not wait out a pause when the store closes', async () => {
    const never: Timers = { after: () => ({ cancel: () => undefined }) };
    const writer = new LmdbWriter({ path, timers: never, onDeath: () => undefined });
    for (let n = 0; n < 2; n += 1) await assert.rejects(writer.commit(poison()));
    const last = writer.commit(put('a'));
    writer.hurry();
    await last;
    await writer.close();
  });

  it('ends a scan under way with ErrClosed when the file is opened again', async () => {
    const reader = new LmdbReader(path);
    const writer = new LmdbWriter({ path, timers: systemTimers, onDeath: () => reader.reset() });
    await writer.commit(put('a', 'b', 'c'));
    reader.refresh();
    const scan = reader.range({ gte: utf8('a'), lt: utf8('z') });
    scan.next();
    await assert.rejects(writer.commit(poison()));
    assert.throws(() => scan.next(), hasCode('ErrClosed'));
    assert.equal([...reader.range({ gte: utf8('a'), lt: utf8('z') })].length, 3);
    await writer.close();
    reader.reset();
  });

  it('fills pages with what is put behind every other key, also after it was opened again', async () => {
    const value = new Uint8Array(1300);
    const key = (n: number) => utf8(`~/${String(n).padStart(6, '0')}`);
    for (const from of [0, 300]) {
      const store = await openLmdbStore({ path, disk: systemDisk });
      for (let n = from; n < from + 300; n += 30) {
        const batch = store.batch();
        for (let at = n; at < n + 30; at += 1) batch.put(key(at), value);
        await batch
          .put(utf8('a key before them'), value)
          .delete(key(n + 29))
          .put(key(n + 29), value)
          .commit();
      }
      assert.equal([...store.range({ gte: key(0), lt: key(999) })].length, from + 300);
      await store.close();
    }
    // Three in a page of 4 KB; lmdb by itself puts two there.
    const pages = statSync(path).size / 4096;
    assert.ok(pages < 600 / 2.5, `${pages} pages for 600 records`);
  });

  it('is not opened where the process may open too few files, in place of ending it', function () {
    if (process.platform === 'win32') return;
    const program = join(__dirname, '../support/open-with-files-left.ts');
    const script = 'ulimit -n 200 && exec "$0" --require tsx/cjs "$@"';
    for (const left of [0, 1, 2, 5]) {
      const argv = ['-c', script, process.execPath, program, path, `${left}`];
      const { status, stdout } = spawnSync('sh', argv, { encoding: 'utf8', timeout: 15_000 });
      assert.equal(status, 0, `${left} left`);
      assert.match(stdout, left < 3 ? /EMFILE/ : /opened/, `${left} left`);
    }
  });

  it('does not keep a process alive that forgets to close its store', () => {
    const program = join(__dirname, '../support/open-and-leave.ts');
    const { status, stdout } = spawnSync(process.execPath, ['--require', 'tsx/cjs', program, path], {
      encoding: 'utf8',
      timeout: 15_000,
    });
    assert.equal(status, 0);
    assert.equal(stdout, 'committed\n');
  });
});

describe('lmdb', () => {
  it('is not available where its binary does not load', async () => {
    const loader = Module as typeof Module & { _load: (request: string, ...rest: unknown[]) => unknown };
    const original = loader._load;
    assert.equal(lmdbAvailable(), true);
    loader._load = (request, ...rest) => {
      if (request === 'lmdb') throw new Error('no binary');
      return original.call(loader, request, ...rest);
    };
    const scratch = makeScratch();
    try {
      assert.equal(lmdbAvailable(), false);
      const open = openLmdbStore({ path: join(scratch.path, 'store'), disk: systemDisk });
      await assert.rejects(open, hasCode('ErrMissingLibrary'));
    } finally {
      loader._load = original;
      scratch.remove();
    }
  });

  it('refuses a file that is not its own, and a folder that is not there', async () => {
    const scratch = makeScratch();
    const path = join(scratch.path, 'store');
    const real = await openLmdbStore({ path, disk: systemDisk });
    await real.close();
    const database = readFileSync(path);
    for (const bytes of [Buffer.alloc(20_000, 'text'), Buffer.alloc(20_000), database.subarray(0, 5000)]) {
      writeFileSync(path, bytes);
      await assert.rejects(openLmdbStore({ path, disk: systemDisk }), hasCode('ErrStore'));
      assert.deepEqual(readFileSync(path), bytes);
    }
    const nowhere = join(scratch.path, 'missing', 'store');
    await assert.rejects(openLmdbStore({ path: nowhere, disk: systemDisk }), hasCode('ErrStore'));
    scratch.remove();
  });

  it('refuses a file that is cut off and leaves it as it is, unless nothing of it is missing', async () => {
    const scratch = makeScratch();
    const path = join(scratch.path, 'store');
    const real = await openLmdbStore({ path, disk: systemDisk });
    for (let n = 0; n < 40; n += 1)
      await real
        .batch()
        .put(utf8(`key ${n}`), new Uint8Array(900))
        .commit();
    await real.close();
    const database = readFileSync(path);
    let refused = 0;
    let opened = 0;
    for (let size = 8192; size < database.length; size += 4096 - 512) {
      writeFileSync(path, database.subarray(0, size));
      const result = await openLmdbStore({ path, disk: systemDisk }).catch((error: unknown) => error);
      if (hasCode('ErrStore')(result)) {
        refused += 1;
        assert.deepEqual(readFileSync(path), database.subarray(0, size));
      } else {
        opened += 1;
        assert.equal(keysOf(result as Store).length, 40, `cut to ${size} bytes`);
        await (result as Store).close();
      }
    }
    assert.ok(refused > 4 * opened, `${refused} refused, ${opened} opened`);
    writeFileSync(path, database);
    await (await openLmdbStore({ path, disk: systemDisk })).close();
    scratch.remove();
  });

  it('opens a file that only lacks pages which nothing is on, with everything in it', async () => {
    const scratch = makeScratch();
    const path = join(scratch.path, 'store');
    const real = await openLmdbStore({ path, disk: systemDisk });
    await real.batch().put(utf8('kept'), utf8('1')).commit();
    await real.batch().put(utf8('large'), new Uint8Array(400_000)).commit();
    // Twice, so that the pages of the large one are free and the roots are on pages used before.
    await real.batch().delete(utf8('large')).commit();
    for (let n = 0; n < 5; n += 1)
      await real
        .batch()
        .put(utf8('kept'), utf8(`${n}`))
        .commit();
    await real.close();
    const database = readFileSync(path);
    writeFileSync(path, database.subarray(0, database.length - 8 * 4096));
    const again = await openLmdbStore({ path, disk: systemDisk });
    assert.deepEqual(again.get(utf8('kept')), utf8('4'));
    await again.batch().put(utf8('larger'), new Uint8Array(800_000)).commit();
    assert.equal(again.get(utf8('larger'))?.length, 800_000);
    await again.close();
    scratch.remove();
  });

  it('makes no database where little is free: below 16 MiB, or 1 MiB on a volume under 512 MiB', async () => {
    const mib = 1024 * 1024;
    for (const [free, volume, enough] of [
      [16 * mib - 1, 512 * mib, false],
      [16 * mib, 512 * mib, true],
      [mib - 1, 512 * mib - 1, false],
      [mib, 512 * mib - 1, true],
    ] as const) {
      const scratch = makeScratch();
      const disk = { freeBytes: async () => free, volumeBytes: async () => volume };
      const open = openLmdbStore({ path: join(scratch.path, 'store'), disk });
      if (enough) await (await open).close();
      else await assert.rejects(open, hasCode('ErrLocalStorageFull'), `${free} of ${volume} bytes free`);
      scratch.remove();
    }
  });

  it('opens a database on a full disk, to be read', async function () {
    if (cannotMount()) return this.skip();
    const scratch = makeScratch();
    const unmount = mountSmallVolume(scratch.path, 8);
    try {
      const path = join(scratch.path, 'store');
      const store = await openLmdbStore({ path, disk: systemDisk });
      await store.batch().put(utf8('a'), utf8('1')).commit();
      await store.close();
      fillVolume(scratch.path);
      const again = await openLmdbStore({ path, disk: systemDisk });
      const scan = again.range({ gte: utf8('a'), lt: utf8('b') })[Symbol.iterator]();
      scan.next();
      const large = again.batch().put(utf8('b'), new Uint8Array(200_000));
      await assert.rejects(large.commit(), hasCode('ErrLocalStorageFull'));
      // The failed thread shared its mapping with the reader, which therefore opened the file again.
      assert.throws(() => scan.next(), hasCode('ErrClosed'));
      assert.deepEqual(again.get(utf8('a')), utf8('1'));
      await again.close();
    } finally {
      unmount();
      scratch.remove();
    }
  });
});
