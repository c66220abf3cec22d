import assert from 'node:assert/strict';
import { utf8 } from '../../../lib/bytes';
import { ToxAsyncError } from '../../../lib/errors';
import { MemoryVolume, openMemoryStore } from '../../../lib/testing/memory-store';
import type { Store } from '../../../lib/store/store';
import { afterPrefix, sequenceKey, Table } from '../../../lib/store/table';

interface Note {
  readonly text: string;
  readonly bytes?: Uint8Array;
}

describe('a table in the store', () => {
  let volume: MemoryVolume;
  let store: Store;
  let notes: Table<Note>;

  beforeEach(() => {
    volume = new MemoryVolume();
    store = openMemoryStore(volume);
    notes = new Table(store, 'note');
  });

  const put = async (id: string, note: Note) => {
    const batch = store.batch();
    notes.put(batch, [utf8(id)], note);
    await batch.commit();
  };

  it('gives back what was put, bytes and texts alike, and forgets what was deleted', async () => {
    const note = { text: 'größer', bytes: new Uint8Array([0, 1, 255]) };
    await put('a', note);
    assert.deepEqual(notes.get(utf8('a')), note);
    const batch = store.batch();
    notes.delete(batch, [utf8('a')]);
    await batch.commit();
    assert.equal(notes.get(utf8('a')), undefined);
  });

  it('takes nothing of a flow for bytes of its own, whatever its keys are', async () => {
    const contexts = new Table<{ context: unknown }>(store, 'context');
    const bytes = new Uint8Array([1, 2]);
    for (const context of [
      { $b: 'AQI=' },
      { $e: [['a', 1]] },
      {
        deep: [
          { $b: { $e: { $b: 'x', bytes } }, $e: [] },
          { $b: 7, other: null },
        ],
      },
      { $b: 'y', toJSON: 'a text' },
    ]) {
      const batch = store.batch();
      contexts.put(batch, [utf8('c')], { context });
      await batch.commit();
      assert.deepEqual(contexts.get(utf8('c')), { context });
    }
  });

  it('keeps records of any size apart that one batch puts', async () => {
    const ids = [1, 100, 2500, 3000, 8000, 70_000];
    const noteOf = (n: number) => ({ text: 'ö'.repeat(n), bytes: new Uint8Array(n).fill(n) });
    const batch = store.batch();
    for (const n of ids) notes.put(batch, [sequenceKey(n)], noteOf(n));
    await batch.commit();
    for (const n of ids) assert.deepEqual(notes.get(sequenceKey(n)), noteOf(n));
  });

  it('lists its own entries in the order of their keys', async () => {
    const others = new Table<Note>(store, 'notebook');
    const batch = store.batch();
    others.put(batch, [utf8('x')], { text: 'not of this table' });
    for (const n of [300, 2, 65_536]) notes.put(batch, [utf8('p'), sequenceKey(n)], { text: `${n}` });
    notes.put(batch, [utf8('q')], { text: 'behind another prefix' });
    await batch.commit();
    const listed = [...notes.entries(utf8('p'))];
    assert.deepEqual(
      listed.map(({ record }) => record.text),
      ['2', '300', '65536'],
    );
    assert.deepEqual(listed[0]?.rest, sequenceKey(2));
  });

  it('refuses a record with any bit changed, or cut at any place, with a typed error', async () => {
    await put('a', { text: 'text', bytes: new Uint8Array([7, 7, 7]) });
    const key = notes.key(utf8('a'));
    const good = volume.index.get(key) ?? assert.fail();
    const damaged: Uint8Array[] = [];
    for (let bit = 0; bit < good.length * 8; bit += 1) {
      const bad = good.slice();
      bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      damaged.push(bad);
    }
    for (let length = 0; length < good.length; length += 1) damaged.push(good.slice(0, length));
    for (const bad of damaged) {
      volume.index.apply([[key, bad]]);
      const isTyped = (error: unknown) => ToxAsyncError.is(error, 'ErrStore');
      assert.throws(() => notes.get(utf8('a')), isTyped);
      assert.throws(() => [...notes.entries()], isTyped);
    }
  });

  it('can list its entries so that a spoiled record costs only itself', async () => {
    await put('a', { text: 'one' });
    await put('b', { text: 'two' });
    const spoiled = store.get(notes.key(utf8('a')))!.slice();
    spoiled[2]! ^= 1;
    await store
      .batch()
      .put(notes.key(utf8('a')), spoiled)
      .commit();
    assert.throws(() => [...notes.entries()], ToxAsyncError);
    assert.deepEqual(
      [...notes.soundEntries()].map(({ record }) => record?.text),
      [undefined, 'two'],
    );
  });

  it('ends a prefix after its last key', () => {
    assert.deepEqual(afterPrefix(new Uint8Array([1, 2])), new Uint8Array([1, 3]));
    assert.deepEqual(afterPrefix(new Uint8Array([1, 255, 255])), new Uint8Array([2]));
  });

  it('leaves the prefix as it was, a Buffer too', () => {
    for (const prefix of [new Uint8Array([1, 2]), Buffer.from([1, 2])]) {
      afterPrefix(prefix);
      assert.deepEqual([...prefix], [1, 2]);
    }
  });
});
