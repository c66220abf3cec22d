import assert from 'node:assert/strict';
import type { OutboxEntry } from '../../../../../lib/client/journal/outgoing/outbox';
import { ChunkProgress } from '../../../../../lib/client/sending/large/chunk-progress';
import { MemoryVolume, openMemoryStore } from '../../../../../lib/testing/memory-store';
import type { Store } from '../../../../../lib/store/store';
import { refuseCommits } from '../../../../support/refusing-commits';
import { outboxEntry } from '../../support/entries';

const a = { peer: new Uint8Array(32).fill(1), since: 100 };
const b = { peer: new Uint8Array(32).fill(2), since: 100 };

describe('what is known of chunks', () => {
  let volume: MemoryVolume;
  let store: Store;
  let outbox: OutboxEntry[];
  let entry: OutboxEntry;
  let chunks: ChunkProgress;

  beforeEach(() => {
    volume = new MemoryVolume();
    entry = outboxEntry({ large: { chunks: 10 } });
    outbox = [entry];
    open();
  });

  function open(): void {
    store = openMemoryStore(volume);
    chunks = new ChunkProgress({ store, outbox: { entries: () => outbox } });
  }

  async function restart(): Promise<void> {
    await chunks.settled();
    volume.crash();
    open();
  }

  const known = (holder = a) => Array.from({ length: 10 }, (_, index) => chunks.has(entry, holder, index));
  const all = (value: boolean) => new Array<boolean>(10).fill(value);
  const noteAll = (holder = a) => all(true).forEach((_, index) => chunks.note(entry, holder, index));

  it('is each peer’s own, known at once and after a restart', async () => {
    for (const index of [0, 7, 8, 9]) chunks.note(entry, a, index);
    const expected = [true, false, false, false, false, false, false, true, true, true];
    assert.deepEqual([known(), known(b)], [expected, all(false)]);
    await restart();
    assert.deepEqual([known(), known(b)], [expected, all(false)]);
    assert.equal(chunks.isWhole(entry, a), false);
    noteAll();
    await restart();
    assert.equal(chunks.isWhole(entry, a), true);
  });

  it('shares a write with all that is noted at the time', async () => {
    let commits = 0;
    const batch = store.batch.bind(store);
    store.batch = () => {
      const writes = batch();
      const commit = writes.commit.bind(writes);
      writes.commit = () => {
        commits += 1;
        return commit();
      };
      return writes;
    };
    noteAll(a);
    noteAll(b);
    await chunks.settled();
    assert.equal(commits, 1);
  });

  it('counts for one head and one keeping time: of another nothing is known', () => {
    noteAll();
    assert.deepEqual(known({ ...a, since: 101 }), all(false));
    entry.sealed = { preKeyId: 0x102, storageId: new Uint8Array(16).fill(9) };
    assert.deepEqual(known(), all(false));
    chunks.note(entry, a, 1);
    assert.deepEqual(known().filter(Boolean).length, 1);
  });

  it('ends for one peer or for all, durable with the batch', async () => {
    noteAll(a);
    noteAll(b);
    await chunks.settled();
    const writes = store.batch();
    chunks.clear(writes, entry, a.peer);
    await writes.commit();
    assert.deepEqual([known(a), known(b)], [all(false), all(true)]);
    await restart();
    assert.deepEqual([known(a), known(b)], [all(false), all(true)]);
    const more = store.batch();
    chunks.clear(more, entry);
    await more.commit();
    await restart();
    assert.deepEqual(known(b), all(false));
  });

  it('is cleared from the disk with its message, although the disk refused that before', async () => {
    noteAll();
    await refusedClear();
    const writes = store.batch();
    chunks.clear(writes, entry);
    await writes.commit();
    await restart();
    assert.deepEqual(known(), all(false));
  });

  it('is swept from the disk once its message is gone, although memory has none of it', async () => {
    noteAll();
    await refusedClear();
    outbox = [];
    const writes = store.batch();
    chunks.expire(writes);
    await writes.commit();
    await restart();
    assert.deepEqual(known(), all(false));
  });

  async function refusedClear(): Promise<void> {
    await chunks.settled();
    const end = refuseCommits(store);
    const writes = store.batch();
    chunks.clear(writes, entry);
    await assert.rejects(writes.commit(), /the disk is gone/);
    end();
  }

  it('says when the first chunk is dropped', () => {
    assert.equal(chunks.until(entry, a), Infinity);
    chunks.note(entry, a, 0, 500);
    chunks.note(entry, a, 1, 400);
    chunks.note(entry, a, 2, 600);
    assert.equal(chunks.until(entry, a), 400);
  });

  it('is swept with the message', async () => {
    noteAll();
    await chunks.settled();
    const sweep = async () => {
      const writes = store.batch();
      chunks.expire(writes);
      await writes.commit();
    };
    await sweep();
    assert.deepEqual(known(), all(true));
    outbox = [];
    await sweep();
    await restart();
    assert.deepEqual(known(), all(false));
  });

  it('outlives a disk that refuses it, in memory', async () => {
    const endRefusal = refuseCommits(store);
    noteAll();
    await chunks.settled();
    assert.deepEqual(known(), all(true));
    endRefusal();
    chunks.note(entry, b, 0);
    await restart();
    assert.deepEqual([known(), known(b)[0]], [all(false), true]);
  });
});
