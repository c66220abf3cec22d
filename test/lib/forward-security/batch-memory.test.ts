import assert from 'node:assert/strict';
import { BatchMemory } from '../../../lib/forward-security/batch-memory';
import type { Store, WriteBatch } from '../../../lib/store/store';
import { MemoryVolume, openMemoryStore } from '../../../lib/testing/memory-store';
import { DAY } from './support/key-peer';

const BOB = new Uint8Array(32).fill(0xff);
const CAT = new Uint8Array(32).fill(0xfe);
const hashOf = (n: number) => new Uint8Array(32).fill(n);
const none = () => false;

describe('the memory of batches', () => {
  let store: Store;
  let memory: BatchMemory;
  let age: number;

  /** Remembers three batches of a peer. */
  const open = (most = 3) => new BatchMemory({ store, ages: { now: () => age }, most });

  beforeEach(() => {
    store = openMemoryStore(new MemoryVolume());
    age = 1000;
    memory = open();
  });

  async function write(change: (writes: WriteBatch) => void): Promise<void> {
    const writes = store.batch();
    change(writes);
    await writes.commit();
  }

  async function add(
    batch: number,
    isUsable: (batch: number) => boolean = none,
    peer = BOB,
  ): Promise<boolean> {
    let added = false;
    await write((writes) => (added = memory.add(writes, peer, batch, hashOf(batch), isUsable)));
    return added;
  }

  const state = (...batches: number[]) => write((writes) => memory.noteListed(writes, BOB, batches));
  const known = () => [1, 2, 3, 4, 5].filter((batch) => memory.hashOf(BOB, batch) !== undefined);

  /** Takes batches 1, 2 and 3; then their time to be forgotten comes. */
  async function fill(): Promise<void> {
    for (const batch of [1, 2, 3]) assert.ok(await add(batch));
    age += 15 * DAY + 1;
  }

  it('keeps the hash of each list, of each peer, over a restart', async () => {
    await add(1);
    await add(2, none, CAT);
    memory = open();
    assert.deepEqual([memory.hashOf(BOB, 1), memory.hashOf(CAT, 2)], [hashOf(1), hashOf(2)]);
    assert.deepEqual([memory.hashOf(BOB, 2), memory.hashOf(CAT, 1)], [undefined, undefined]);
    assert.deepEqual([...memory.peers()], [CAT, BOB]);
    assert.deepEqual([memory.knows(BOB), memory.knows(new Uint8Array(32))], [true, false]);
  });

  it('forgets the oldest for a new one, and has as many as before', async () => {
    await fill();
    assert.ok(await add(4));
    assert.deepEqual(known(), [2, 3, 4]);
    assert.ok(await add(5));
    assert.deepEqual(known(), [3, 4, 5]);
  });

  it('forgets none for another of one peer while there is room for that peer', async () => {
    await fill();
    await add(1, none, CAT);
    assert.deepEqual(known(), [1, 2, 3]);
  });

  it('has no room while the oldest was taken 15 days ago or less', async () => {
    await fill();
    age -= 1;
    assert.equal(await add(4), false);
    assert.deepEqual(known(), [1, 2, 3]);
    age += 1;
    assert.equal(await add(4), true);
  });

  it('forgets none of which a key can still be used', async () => {
    await fill();
    assert.ok(await add(4, (batch) => batch === 1));
    assert.deepEqual(known(), [1, 3, 4]);
    assert.equal(await add(5, () => true), false);
  });

  it('forgets none that the newest state lists', async () => {
    await fill();
    await state(1, 2);
    memory = open();
    assert.ok(await add(4));
    assert.deepEqual(known(), [1, 2, 4]);
    assert.equal(await add(5), false, 'what is left is listed, or young');
    await state(2);
    assert.ok(await add(5));
    assert.deepEqual(known(), [2, 4, 5]);
  });

  it('does not ask a state that came before the batch', async () => {
    await add(1);
    await state(1, 2, 3);
    await add(2);
    await add(3);
    age += 15 * DAY + 1;
    assert.ok(await add(4));
    assert.deepEqual(known(), [1, 3, 4]);
    await state(1, 2, 3);
    assert.equal(await add(5), false);
  });

  it('writes nothing for a state that says what the last one said', async () => {
    await add(1);
    await state(1);
    await write((writes) => {
      memory.noteListed(writes, BOB, [1]);
      assert.equal(writes.size, 0);
    });
  });

  it('forgets each after 60 days, and everything of a peer who is no longer a friend', async () => {
    await add(1);
    age += DAY;
    await add(2);
    age += 59 * DAY;
    await write((writes) => memory.expire(writes));
    assert.deepEqual(known(), [1, 2]);
    age += 1;
    await write((writes) => memory.expire(writes));
    assert.deepEqual(known(), [2]);
    await state(2);
    await write((writes) => memory.forget(writes, BOB));
    assert.deepEqual([...store.range({ gte: new Uint8Array(), lt: new Uint8Array([0xff]) })], []);
  });

  it('forgets in its time one that was written while a look was under way', async () => {
    const batch = store.batch();
    memory.add(batch, BOB, 1, hashOf(1), none);
    await write((writes) => memory.expire(writes));
    await batch.commit();
    age += 60 * DAY + 1;
    await write((writes) => memory.expire(writes));
    assert.deepEqual(known(), []);
  });

  it('forgets in their time those that came after a look at an empty memory, and those the disk kept', async () => {
    await write((writes) => memory.expire(writes));
    await add(1);
    age += 60 * DAY + 1;
    // A batch that the disk refused.
    memory.expire(store.batch());
    await write((writes) => memory.expire(writes));
    assert.deepEqual(known(), []);
  });

  it('gives two batches that are on their way to the disk places of their own', async () => {
    const [one, two] = [store.batch(), store.batch()];
    memory.add(one, BOB, 1, hashOf(1), none);
    memory.add(two, BOB, 2, hashOf(2), none);
    await Promise.all([one.commit(), two.commit()]);
    await write((writes) => memory.forget(writes, BOB));
    assert.deepEqual(known(), []);
  });

  it('reads as little with a long memory as with a short one, at a start and at an exchange', async () => {
    const long = 2_000;
    memory = open(long + 1);
    let read = 0;
    const get = store.get.bind(store);
    const range = store.range.bind(store);
    store.get = (key) => {
      read += 1;
      return get(key);
    };
    store.range = function* (options) {
      for (const entry of range(options)) {
        read += 1;
        yield entry;
      }
    };
    const work = async (batch: number) => {
      read = 0;
      memory = open(long + 1);
      assert.equal([...memory.peers()].length, 1);
      memory.hashOf(BOB, batch);
      await add(batch);
      await write((writes) => memory.expire(writes));
      return read;
    };
    await add(1);
    const short = await work(2);
    for (let batch = 3; batch <= long; batch += 1) await add(batch);
    assert.equal(await work(long + 1), short);
  });
});
