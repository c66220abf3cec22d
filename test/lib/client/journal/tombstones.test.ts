import assert from 'node:assert/strict';
import { Tombstones, type TagTombstone } from '../../../../lib/client/journal/tombstones';
import type { WriteBatch } from '../../../../lib/store/store';
import { AgingStore } from '../support/aging-store';

const DAY = 24 * 60 * 60;
const LIFE = 100;
const bob = new Uint8Array(32).fill(1);
const cat = new Uint8Array(32).fill(2);
const tagOf = (n: number) => new Uint8Array(16).fill(n);
const idOf = (n: number) => new Uint8Array(32).fill(n);

describe('tombstones', () => {
  let memory: AgingStore;
  let tombstones: Tombstones;

  beforeEach(() => {
    memory = new AgingStore();
    open();
  });

  function open(): void {
    const { store, ages } = memory;
    tombstones = new Tombstones({ store, ages });
  }

  function restart(): void {
    memory.restart();
    open();
  }

  const write = (change: (writes: WriteBatch) => void) => memory.write(change);
  const tombstone = (id: number, more: Partial<TagTombstone> = {}): TagTombstone => ({
    storageId: tagOf(100 + id),
    sender: bob,
    messageId: idOf(id),
    code: 'ok',
    ...more,
  });
  const add = (tag: number, entry: TagTombstone, lifetime = LIFE) =>
    write((writes) => tombstones.add(writes, tagOf(tag), entry, lifetime));
  const sweep = () => write((writes) => tombstones.expire(writes));
  /** Everything that is on the disk. */
  const records = () =>
    [...memory.store.range({ gte: new Uint8Array(), lt: new Uint8Array(257).fill(255) })].length;

  it('that come after a sweep which had nothing to do are swept in their time, however short', async () => {
    await sweep();
    await add(1, tombstone(5), 50 * DAY);
    await sweep();
    await add(2, tombstone(6));
    memory.age += LIFE + 40 * DAY;
    await sweep();
    assert.notEqual(tombstones.findTag(tagOf(1)), undefined);
    assert.equal(tombstones.findTag(tagOf(2)), undefined);
  });

  it('are swept in their time although a sweep came while they were written', async () => {
    const batch = memory.store.batch();
    tombstones.addDead(batch, bob, tagOf(1), LIFE);
    await sweep();
    await batch.commit();
    memory.age += LIFE + 40 * DAY;
    await sweep();
    assert.equal(tombstones.findTag(tagOf(1)), undefined);
  });

  it('are swept after a sweep with nothing to do and after one that the disk refused', async () => {
    await sweep();
    await write((writes) => tombstones.addDead(writes, bob, tagOf(1), LIFE));
    memory.age += LIFE + 40 * DAY;
    // A batch that the disk refused.
    tombstones.expire(memory.store.batch());
    await sweep();
    assert.equal(tombstones.findTag(tagOf(1)), undefined);
  });

  it('are found by the tag of the key, and by the sender and the id of the message, by no less', async () => {
    await add(1, tombstone(5));
    assert.deepEqual(tombstones.findTag(tagOf(1)), tombstone(5));
    assert.equal(tombstones.findTag(tagOf(5)), undefined);
    assert.equal(tombstones.findMessage(bob, idOf(5)), 'ok');
    assert.equal(tombstones.findMessage(cat, idOf(5)), undefined);
    assert.equal(tombstones.findMessage(bob, idOf(1)), undefined);
  });

  it('keep what the first answer was, and whether there is never to be one', async () => {
    await add(1, tombstone(5, { code: 'malformed' }));
    await add(2, tombstone(6, { silent: true }));
    assert.equal(tombstones.findMessage(bob, idOf(5)), 'malformed');
    assert.equal(tombstones.findTag(tagOf(1))?.code, 'malformed');
    assert.deepEqual(
      [1, 2].map((tag) => tombstones.findTag(tagOf(tag))?.silent),
      [undefined, true],
    );
  });

  it('are there once they are durable, and after a crash', async () => {
    await add(1, tombstone(5, { silent: true }));
    tombstones.add(memory.store.batch(), tagOf(2), tombstone(6), LIFE);
    assert.equal(tombstones.findTag(tagOf(2)), undefined);
    restart();
    assert.deepEqual(tombstones.findTag(tagOf(1)), tombstone(5, { silent: true }));
    assert.equal(tombstones.findMessage(bob, idOf(5)), 'ok');
    assert.deepEqual(
      [tombstones.findTag(tagOf(2)), tombstones.findMessage(bob, idOf(6))],
      [undefined, undefined],
    );
  });

  it('stay for the life of the envelope and 30 days, and then leave nothing', async () => {
    await add(1, tombstone(5));
    memory.age += LIFE + 30 * DAY;
    await sweep();
    assert.ok(tombstones.findTag(tagOf(1)));
    assert.equal(tombstones.findMessage(bob, idOf(5)), 'ok');
    memory.age += 1;
    await sweep();
    assert.equal(tombstones.findTag(tagOf(1)), undefined);
    assert.equal(tombstones.findMessage(bob, idOf(5)), undefined);
    assert.equal(records(), 0);
  });

  it('go each at its own time, whichever came first, also after a start', async () => {
    await add(1, tombstone(5), LIFE + 1);
    await add(2, tombstone(6));
    await add(3, tombstone(7), 2 * LIFE);
    restart();
    memory.age += LIFE + 30 * DAY + 1;
    await sweep();
    const left = () => [1, 2, 3].filter((tag) => tombstones.findTag(tagOf(tag)));
    assert.deepEqual(left(), [1, 3]);
    memory.age += 1;
    await sweep();
    assert.deepEqual(left(), [3]);
    assert.deepEqual(
      [5, 6, 7].map((id) => tombstones.findMessage(bob, idOf(id))),
      [undefined, undefined, 'ok'],
    );
  });

  it('of a message that came again under another key remember it as long as the last of them', async () => {
    await add(1, tombstone(5));
    memory.age += 10;
    await add(2, tombstone(5));
    memory.age += LIFE + 30 * DAY;
    await sweep();
    assert.equal(tombstones.findTag(tagOf(1)), undefined);
    assert.equal(tombstones.findMessage(bob, idOf(5)), 'ok');
    memory.age += 1;
    await sweep();
    assert.equal(tombstones.findMessage(bob, idOf(5)), undefined);
    assert.equal(records(), 0);
  });

  it('of a message whose later envelope has the shorter life remember it as long as the first', async () => {
    await add(1, tombstone(5), LIFE + 50);
    await add(2, tombstone(5));
    memory.age += LIFE + 30 * DAY + 1;
    await sweep();
    assert.equal(tombstones.findTag(tagOf(2)), undefined);
    assert.equal(tombstones.findMessage(bob, idOf(5)), 'ok');
    memory.age += 50;
    await sweep();
    assert.equal(tombstones.findMessage(bob, idOf(5)), undefined);
    assert.equal(records(), 0);
  });

  it('name the last key that opened a message, of that sender', async () => {
    await add(1, tombstone(5, { preKeyId: 0x101 }));
    assert.deepEqual([tombstones.keyOf(bob, idOf(5)), tombstones.keyOf(cat, idOf(5))], [0x101, undefined]);
    await add(2, tombstone(5, { preKeyId: 0x203 }));
    await add(3, tombstone(5));
    await add(4, tombstone(6));
    restart();
    assert.deepEqual(
      [5, 6, 7].map((id) => tombstones.keyOf(bob, idOf(id))),
      [0x203, undefined, undefined],
    );
  });

  it('of a message that came in two envelopes of one batch follow its receipt together', async () => {
    await write((writes) => {
      for (const tag of [1, 2]) tombstones.add(writes, tagOf(tag), tombstone(5), LIFE);
    });
    const tags = (state: 'owed' | 'mailed' | 'settled') =>
      tombstones.oldest(bob, state, 9).map(({ tag }) => tag[0]);
    assert.deepEqual([tags('owed'), tombstones.countOf(bob)], [[1, 2], 2]);
    await write((writes) => {
      tombstones.add(writes, tagOf(3), tombstone(5), LIFE);
      tombstones.noteReceipt(writes, bob, idOf(5), 'mailed');
    });
    assert.deepEqual([tags('owed'), tags('mailed')], [[], [1, 2, 3]]);
    await write((writes) => {
      tombstones.add(writes, tagOf(4), tombstone(7), LIFE);
      tombstones.noteReceipt(writes, bob, idOf(7), 'settled');
      tombstones.noteReceipt(writes, bob, idOf(5), 'settled');
    });
    assert.deepEqual([tags('owed'), tags('mailed'), tags('settled')], [[], [], [1, 2, 3, 4]]);
    memory.age += LIFE + 30 * DAY + 1;
    await sweep();
    assert.equal(records(), 0);
  });

  it('of a message that was withdrawn know its key still, but not the message', async () => {
    await add(1, tombstone(5));
    await add(2, tombstone(6));
    await write((writes) => tombstones.withdraw(writes, cat, idOf(5)));
    assert.equal(tombstones.findMessage(bob, idOf(5)), 'ok');
    await write((writes) => tombstones.withdraw(writes, bob, idOf(5)));
    assert.equal(tombstones.findMessage(bob, idOf(5)), undefined);
    assert.deepEqual(tombstones.findTag(tagOf(1)), tombstone(5));
    assert.equal(tombstones.findMessage(bob, idOf(6)), 'ok');
    memory.age += LIFE + 30 * DAY + 1;
    await sweep();
    assert.equal(records(), 0);
  });
});
