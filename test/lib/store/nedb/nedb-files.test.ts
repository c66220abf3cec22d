import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { utf8 } from '../../../../lib/bytes';
import { ToxAsyncError } from '../../../../lib/errors';
import {
  decodeOperations,
  encodeDocument,
  type NedbDocument,
} from '../../../../lib/store/nedb/nedb-document';
import { NedbLiveness } from '../../../../lib/store/nedb/nedb-liveness';
import { openNedbStore } from '../../../../lib/store/nedb/nedb-store';
import type { Store } from '../../../../lib/store/store';
import type { Operation } from '../../../../lib/store/operations';
import { cannotMount, fillVolume, makeScratch, mountSmallVolume } from '../support/scratch';
import { hasCode } from '../../../../lib/testing/has-code';
import { keysOf } from '../../../../lib/testing/store/store-under-test';

describe('the file of the store on nedb', () => {
  let scratch: ReturnType<typeof makeScratch>;
  let path: string;

  beforeEach(() => {
    scratch = makeScratch();
    path = join(scratch.path, 'store');
  });

  afterEach(() => scratch.remove());

  const put = (store: Store, ...names: string[]) => {
    const batch = store.batch();
    for (const name of names) batch.put(utf8(name), utf8(name));
    return batch.commit();
  };

  /** Three batches; gives the file's bytes and where the last line begins. */
  async function threeBatches(): Promise<{ bytes: Buffer; last: number }> {
    const store = await openNedbStore({ path });
    await put(store, 'a');
    await put(store, 'b');
    await put(store, 'c', 'd');
    await store.close();
    const bytes = readFileSync(path);
    return { bytes, last: bytes.lastIndexOf(10, bytes.length - 2) + 1 };
  }

  async function keysInFile(bytes: Buffer): Promise<string[]> {
    writeFileSync(path, bytes);
    const store = await openNedbStore({ path });
    try {
      return keysOf(store);
    } finally {
      await store.close();
    }
  }

  it('holds all or nothing of the last batch, and all before it, wherever it is cut', async () => {
    const { bytes, last } = await threeBatches();
    assert.ok(last > 0 && bytes.length - last > 50);
    for (let length = last; length < bytes.length; length += 1) {
      assert.deepEqual(await keysInFile(bytes.subarray(0, length)), ['a', 'b'], `cut at ${length}`);
    }
    assert.deepEqual(await keysInFile(bytes), ['a', 'b', 'c', 'd']);
  });

  it('loses a last batch of which some bytes never reached the disk', async () => {
    const { bytes, last } = await threeBatches();
    for (const [from, to] of [
      [last, last + 20],
      [last + 30, last + 40],
      [bytes.length - 8, bytes.length],
    ] as const) {
      assert.deepEqual(await keysInFile(Buffer.from(bytes).fill(0, from, to)), ['a', 'b']);
    }
  });

  it('is refused, and left as it is, when it is damaged anywhere before the last batch', async () => {
    const { bytes, last } = await threeBatches();
    for (let at = 0; at < last; at += 5) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      await assert.rejects(keysInFile(damaged), hasCode('ErrStore'), `bit flipped in byte ${at}`);
      assert.deepEqual(readFileSync(path), damaged);
    }
    await assert.rejects(keysInFile(Buffer.concat([Buffer.from('\n'), bytes])), hasCode('ErrStore'));
  });

  it('goes on after a torn end', async () => {
    const { bytes } = await threeBatches();
    writeFileSync(path, bytes.subarray(0, bytes.length - 3));
    const store = await openNedbStore({ path });
    await put(store, 'e');
    await store.close();
    assert.deepEqual(await keysInFile(readFileSync(path)), ['a', 'b', 'e']);
  });

  it('is synced before a commit resolves', async () => {
    const store = await openNedbStore({ path });
    const events: string[] = [];
    const handle = await open(path, 'r');
    const files = Object.getPrototypeOf(handle) as FileHandle;
    await handle.close();
    const original = Object.getOwnPropertyDescriptor(files, 'sync')?.value as FileHandle['sync'];
    files.sync = async function (this: FileHandle) {
      await original.call(this);
      events.push('synced');
    };
    try {
      await Promise.all(['a', 'b'].map((name) => put(store, name).then(() => events.push(name))));
    } finally {
      files.sync = original;
    }
    assert.deepEqual(events, ['synced', 'a', 'b']);
    await store.close();
  });

  it('does not take a half-written copy for the data', async () => {
    await threeBatches();
    writeFileSync(`${path}~`, 'half of a compaction');
    rmSync(path);
    const store = await openNedbStore({ path });
    assert.deepEqual(keysOf(store), []);
    await store.close();
  });

  it('does not grow with keys that are written again and again', async () => {
    const store = await openNedbStore({ path });
    for (let n = 0; n < 400; n += 1) {
      await store
        .batch()
        .put(utf8('same'), new Uint8Array(20_000).fill(n))
        .put(utf8(`gone${n}`), utf8('x'))
        .delete(utf8(`gone${n - 1}`))
        .commit();
    }
    assert.ok(statSync(path).size < 3_000_000, `${statSync(path).size} bytes`);
    await store.close();
    await (await openNedbStore({ path })).close();
    assert.deepEqual(await keysInFile(readFileSync(path)), ['gone399', 'same']);
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    assert.ok(lines.length <= 3, `${lines.length} lines`);
  });

  it('does not keep a large dead value for the sake of a small live one in the same batch', async () => {
    const store = await openNedbStore({ path });
    for (let n = 0; n < 250; n += 1) {
      await store
        .batch()
        .put(utf8(`small${n}`), utf8('x'))
        .put(utf8('large'), new Uint8Array(30_000))
        .commit();
    }
    assert.ok(statSync(path).size < 3_000_000, `${statSync(path).size} bytes`);
    await store.close();
    assert.equal((await keysInFile(readFileSync(path))).length, 251);
  });

  it('opens where there is no room to rewrite it, and takes up no room after', async function () {
    if (cannotMount()) return this.skip();
    const unmount = mountSmallVolume(scratch.path, 8);
    try {
      const store = await openNedbStore({ path });
      for (let n = 0; n < 20; n += 1)
        await store
          .batch()
          .put(utf8(`k${n}`), new Uint8Array(200_000))
          .commit();
      await store.close();
      fillVolume(scratch.path);
      const again = await openNedbStore({ path });
      assert.equal(keysOf(again).length, 20);
      await again.close();
      assert.deepEqual(readdirSync(scratch.path).sort(), ['ballast', 'store']);
    } finally {
      unmount();
    }
  });

  it('keeps deleted keys deleted when removals failed on a full disk', async function () {
    if (cannotMount()) return this.skip();
    const unmount = mountSmallVolume(scratch.path, 24);
    try {
      const store = await openNedbStore({ path });
      for (let n = 0; n < 100; n += 1) await put(store, `k${n}`);
      // Deletes leave a hundred documents to be removed, which the full disk does not take.
      const batch = store.batch();
      for (let n = 0; n < 100; n += 1) batch.delete(utf8(`k${n}`));
      await batch.commit();
      const ballast = fillVolume(scratch.path);
      for (let n = 0; n < 3; n += 1) {
        await assert.rejects(store.batch().put(utf8('no'), new Uint8Array(50_000)).commit(), (error) =>
          ToxAsyncError.is(error, 'ErrLocalStorageFull'),
        );
      }
      rmSync(ballast);
      for (let n = 0; n < 100; n += 1) await put(store, 'yes');
      await store.close();
      assert.deepEqual(await keysInFile(readFileSync(path)), ['yes']);
    } finally {
      unmount();
    }
  });
});

describe('which documents of the nedb file are needed', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd');
  const write = fc.tuple(key, fc.boolean());
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.array(write, { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.nat(3) },
  );

  /** What the documents say together, oldest first. */
  function replay(documents: Iterable<NedbDocument>): Map<string, string> {
    const state = new Map<string, string>();
    for (const [k, v] of [...documents].flatMap(decodeOperations)) {
      if (v) state.set(Buffer.from(k).toString(), Buffer.from(v).toString());
      else state.delete(Buffer.from(k).toString());
    }
    return state;
  }

  it('never depends on a removed one, in whatever order the dead ones go', () => {
    const property = fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const liveness = new NedbLiveness();
      const documents = new Map<string, NedbDocument>();
      const model = new Map<string, string>();
      for (const [number, next] of steps.entries()) {
        if (typeof next === 'number') {
          // Removes one of the dead documents; a crash may follow at any time.
          const id = liveness.dead[next % Math.max(liveness.dead.length, 1)];
          if (id === undefined) continue;
          documents.delete(id);
          liveness.removed([id]);
        } else {
          const operations = next.map(([k, isPut]): Operation => [
            utf8(k),
            isPut ? utf8(String(number)) : undefined,
          ]);
          const document = encodeDocument(number, operations);
          documents.set(document._id, document);
          liveness.add(document);
          for (const [k, isPut] of next) {
            if (isPut) model.set(k, String(number));
            else model.delete(k);
          }
        }
        assert.deepEqual(replay(documents.values()), model);
      }
      while (liveness.dead.length > 0) {
        for (const id of liveness.dead) documents.delete(id);
        liveness.removed(liveness.dead);
        assert.deepEqual(replay(documents.values()), model);
      }
      const live = [...documents.values()].map((d) => ({ ...d, ops: liveness.liveOperations(d) }));
      assert.deepEqual(replay(live), model);
      assert.ok(live.every((document) => document.ops.length > 0));
      const bytes = live.flatMap((d) => d.ops).reduce((sum, [k, v]) => sum + k.length + (v?.length ?? 0), 0);
      assert.equal(liveness.liveBytes, bytes);
    });
    fc.assert(property, { numRuns: 300 });
  });
});
