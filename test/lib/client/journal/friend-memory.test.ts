import assert from 'node:assert/strict';
import { FriendMemory } from '../../../../lib/client/journal/friend-memory';
import { OwedReceipts } from '../../../../lib/client/journal/owed-receipts';
import { Tombstones } from '../../../../lib/client/journal/tombstones';
import type { WriteBatch } from '../../../../lib/store/store';
import { AgingStore } from '../support/aging-store';

const LIFE = 100;
const bob = new Uint8Array(32).fill(1);
const cat = new Uint8Array(32).fill(2);

/** Numbers as bytes of their own. */
function numbered(n: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(0, n);
  return bytes;
}
const tagOf = (n: number) => numbered(n, 16);
const idOf = (n: number) => numbered(n, 32);

describe('what the messages of one friend make us keep', () => {
  const disk = new AgingStore();
  let memory: AgingStore;
  let tombstones: Tombstones;
  let receipts: OwedReceipts;
  let bounds: FriendMemory;

  beforeEach(() => {
    memory = new AgingStore();
    open();
  });

  function open(most = { tombstones: 4, receipts: 3 }): void {
    const { store, ages } = memory;
    tombstones = new Tombstones({ store, ages });
    receipts = new OwedReceipts({ store, ages, tombstones });
    bounds = new FriendMemory({ store, ages, tombstones, receipts }, most);
  }

  const write = (change: (writes: WriteBatch) => void) => memory.write(change);

  /** Takes messages in, in one batch. @returns those that found room */
  async function take(ids: readonly number[], how: { from?: Uint8Array; life?: number; silent?: true } = {}) {
    const { from: sender = bob, life: lifetime = LIFE, silent } = how;
    const taken: number[] = [];
    await write((writes) => {
      const turn = bounds.turn(writes, sender);
      for (const id of ids) {
        if (!turn.takes({ owesReceipt: !silent })) continue;
        const message = { sender, messageId: idOf(id), code: 'ok' } as const;
        const tombstone = { ...message, storageId: tagOf(id), ...(silent && { silent }) };
        tombstones.add(writes, tagOf(id), tombstone, lifetime);
        if (!silent) receipts.owe(writes, sender, message, { lifetime, sent: false, mail: true });
        taken.push(id);
      }
    });
    return taken;
  }
  const confirm = (...ids: number[]) => write((writes) => receipts.confirm(writes, bob, ids.map(idOf)));
  const mailed = (...ids: number[]) =>
    write((writes) =>
      receipts.markMailed(
        writes,
        bob,
        ids.map((id) => ({ messageId: idOf(id), code: 'ok' })),
      ),
    );
  const known = (most = 50) =>
    Array.from({ length: most }, (_, id) => id).filter((id) => tombstones.findTag(tagOf(id)));
  const owed = () =>
    receipts
      .owedTo(bob)
      .map(({ messageId }) => new DataView(messageId.buffer, messageId.byteOffset).getUint32(0));
  const counts = () => [tombstones.countOf(bob), receipts.countOf(bob)];

  it('has a bound: beyond it a message is turned away, of that friend alone, and nothing is written', async () => {
    assert.deepEqual(await take([1, 2, 3, 4]), [1, 2, 3]);
    assert.deepEqual(counts(), [3, 3]);
    assert.deepEqual(await take([5]), []);
    assert.deepEqual(
      [known(), owed()],
      [
        [1, 2, 3],
        [1, 2, 3],
      ],
    );
    assert.deepEqual(await take([11], { from: cat }), [11]);
  });

  it('counts the same after a start', async () => {
    await take([1, 2, 3]);
    memory.restart();
    open();
    assert.deepEqual([counts(), await take([4])], [[3, 3], []]);
  });

  it('loses first the oldest whose receipt the friend confirmed', async () => {
    for (const id of [1, 2, 3]) {
      await take([id]);
      memory.age += 1;
    }
    await confirm(2, 3);
    assert.deepEqual(await take([4, 5, 6]), [4, 5]);
    assert.deepEqual(
      [known(), owed()],
      [
        [1, 3, 4, 5],
        [1, 4, 5],
      ],
    );
    await confirm(1);
    assert.deepEqual(await take([6, 7]), [6]);
    assert.deepEqual(
      [known(), owed(), counts()],
      [
        [3, 4, 5, 6],
        [4, 5, 6],
        [4, 3],
      ],
    );
  });

  it('loses then the oldest whose life is over, with its receipt', async () => {
    open({ tombstones: 3, receipts: 3 });
    await take([1], { life: 3 * LIFE });
    await take([2]);
    memory.age += 1;
    await take([3]);
    memory.age += LIFE - 2;
    assert.deepEqual(await take([4]), []);
    memory.age += 1;
    assert.deepEqual(await take([4, 5]), [4]);
    assert.deepEqual(
      [known(), owed(), counts()],
      [
        [1, 3, 4],
        [1, 3, 4],
        [3, 3],
      ],
    );
  });

  it('loses a receipt that mail carried before it turns a message away, and remembers the message', async () => {
    open({ tombstones: 9, receipts: 3 });
    await take([1, 2, 3]);
    assert.deepEqual(await take([4]), []);
    await mailed(2);
    assert.deepEqual(await take([4, 5]), [4]);
    assert.deepEqual(
      [known(), owed(), counts()],
      [
        [1, 2, 3, 4],
        [1, 3, 4],
        [4, 3],
      ],
    );
  });

  it('remembers a message whose receipt was dropped until its life is over', async () => {
    open({ tombstones: 3, receipts: 3 });
    await take([1, 2, 3]);
    await mailed(1, 2, 3);
    assert.deepEqual(await take([4, 5]), [], 'nothing may be forgotten');
    assert.deepEqual(
      [known(), owed()],
      [
        [1, 2, 3],
        [1, 2, 3],
      ],
      'so no receipt need be dropped',
    );
    open({ tombstones: 4, receipts: 3 });
    assert.deepEqual(await take([4, 5]), [4]);
    assert.deepEqual(
      [known(), owed()],
      [
        [1, 2, 3, 4],
        [2, 3, 4],
      ],
    );
    memory.age += LIFE - 1;
    assert.deepEqual(await take([5]), []);
    memory.age += 1;
    assert.deepEqual(await take([5, 6]), [5, 6]);
    assert.deepEqual([known().length, owed().length, counts()], [4, 3, [4, 3]]);
  });

  it('has room for receipts by mail, which are owed none, as long as any tombstone may go', async () => {
    assert.deepEqual(await take([1, 2, 3]), [1, 2, 3]);
    assert.deepEqual(await take([4, 5, 6], { silent: true }), [4]);
    assert.deepEqual(await take([7], { silent: true }), [7]);
    assert.deepEqual(
      [known(), counts()],
      [
        [1, 2, 3, 7],
        [4, 3],
      ],
    );
  });

  it('counts what was confirmed twice once, and what expires', async () => {
    await take([1, 2, 3]);
    await confirm(1, 1, 1);
    await confirm(1);
    assert.deepEqual(counts(), [3, 2]);
    memory.age += LIFE + 31 * 24 * 3600;
    await write((writes) => {
      tombstones.expire(writes);
      receipts.expire(writes);
    });
    assert.deepEqual([counts(), known()], [[0, 0], []]);
  });

  it('does not grow on the disk, whatever one friend sends in however large batches', async () => {
    open({ tombstones: 40, receipts: 20 });
    const everything = { gte: new Uint8Array(), lt: new Uint8Array(257).fill(255) };
    const records = () => [...memory.store.range(everything)].length;
    let most = 0;
    let taken = 0;
    for (let round = 0; round < 60; round += 1) {
      const ids = Array.from({ length: 1 + (round % 64) }, (_, i) => 100 * round + i);
      const some = await take(ids);
      taken += some.length;
      // A friend whom one never meets: mail carries receipts, nobody confirms them.
      if (round % 2 === 0) await mailed(...some.slice(0, 10));
      memory.age += round % 3 === 0 ? LIFE / 2 : 1;
      most = Math.max(most, records());
      assert.ok(
        tombstones.countOf(bob) <= 40 && receipts.countOf(bob) <= 20,
        `${counts().join()} in ${round}`,
      );
      assert.equal(receipts.owedTo(bob).length, receipts.countOf(bob));
    }
    assert.ok(taken > 200, `${taken} messages found room`);
    assert.equal(known(6100).length, tombstones.countOf(bob));
    assert.ok(most <= 3 * 40 + 2 * 20, `${most} records`);
    const before = counts();
    memory.restart();
    open();
    assert.deepEqual(counts(), before);
  });

  it('is half of it on nedb, and 65,536 owed receipts on both', () => {
    const most = (engine: string) => {
      const asked = { tombstones: 0, receipts: 0 };
      const bounded = new FriendMemory({
        store: { engine },
        ages: disk.ages,
        tombstones: { ...quiet, countOf: () => asked.tombstones },
        receipts: { has: () => false, drop: () => undefined, countOf: () => asked.receipts },
      });
      const takes = (tombstones: number, receipts: number) => {
        Object.assign(asked, { tombstones, receipts });
        return bounded.turn(disk.store.batch(), bob).takes({ owesReceipt: true });
      };
      const tombstonesAt = [65_535, 65_536, 131_071, 131_072].map((count) => takes(count, 65_535));
      return [...tombstonesAt, takes(0, 65_536)];
    };
    assert.deepEqual(most('lmdb'), [true, true, true, false, false]);
    assert.deepEqual(most('nedb'), [true, false, false, false, false]);
  });

  const quiet = { oldest: () => [], forget: () => undefined, noteReceipt: () => undefined };
});
