import assert from 'node:assert/strict';
import { OwedDeletes } from '../../../../lib/client/journal/owed-deletes';
import type { WriteBatch } from '../../../../lib/store/store';
import { AgingStore } from '../support/aging-store';
import { tagOf as idOf } from '../support/collector';

const DAY = 24 * 60 * 60;
/** Most that may be owed to one node. */
const MOST = 4096;
const pi = new Uint8Array(32).fill(1);
const hub = new Uint8Array(32).fill(2);

describe('owed deletes', () => {
  let memory: AgingStore;
  let deletes: OwedDeletes;

  beforeEach(() => {
    memory = new AgingStore();
    open();
  });

  function open(): void {
    const { store, ages } = memory;
    deletes = new OwedDeletes({ store, ages });
  }

  function restart(): void {
    memory.restart();
    open();
  }

  const write = (change: (writes: WriteBatch) => void) => memory.write(change);
  const owe = (node: Uint8Array, ...ids: number[]) =>
    write((writes) => ids.forEach((id) => deletes.owe(writes, node, idOf(id))));
  const done = (...ids: number[]) => write((writes) => deletes.done(writes, pi, ids.map(idOf)));
  const sweep = () => write((writes) => deletes.expire(writes));
  const owed = (node = pi) => deletes.owedTo(node);
  const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

  it('are those of each node, until it did them, also after a crash', async () => {
    await owe(pi, 1, 2, 3);
    await owe(hub, 1);
    restart();
    assert.deepEqual(owed(), [1, 2, 3].map(idOf));
    await done(1, 3, 9);
    assert.deepEqual([owed(), owed(hub)], [[idOf(2)], [idOf(1)]]);
    restart();
    assert.deepEqual([owed(), owed(hub)], [[idOf(2)], [idOf(1)]]);
  });

  it('are dropped when they are older than a day; owed again before that, they start over', async () => {
    await owe(pi, 1, 2);
    memory.age += 1;
    await owe(pi, 2, 3);
    memory.age += DAY - 1;
    await sweep();
    assert.deepEqual(owed(), [1, 2, 3].map(idOf));
    memory.age += 1;
    await sweep();
    assert.deepEqual(owed(), [2, 3].map(idOf));
  });

  describe('as many as may be', () => {
    beforeEach(() => owe(pi, ...upTo(MOST - 1)));

    it('are 4096 for a node, counted after a start as before, and of each node alone', async () => {
      await owe(pi, MOST);
      await owe(pi, MOST + 1);
      assert.equal(owed().length, MOST);
      restart();
      await owe(pi, MOST + 1);
      await owe(hub, MOST + 1);
      assert.deepEqual([owed().length, owed(hub).length], [MOST, 1]);
    });

    it('start over all the same when they are owed again', async () => {
      await owe(pi, MOST);
      memory.age += DAY;
      await owe(pi, 7);
      memory.age += 1;
      await sweep();
      assert.deepEqual(owed(), [idOf(7)]);
    });

    it('leave room when one was done or dropped', async () => {
      await owe(pi, MOST);
      await done(7);
      await owe(pi, MOST + 1, MOST + 1);
      await owe(pi, MOST + 2);
      assert.equal(owed().length, MOST);
      memory.age += DAY + 1;
      await sweep();
      await owe(pi, ...upTo(MOST));
      assert.equal(owed().length, MOST);
    });

    it('are counted when they are durable: what failed takes no place, what is not done frees none', async () => {
      deletes.owe(memory.store.batch(), pi, idOf(MOST));
      await owe(pi, MOST + 1);
      assert.equal(owed().length, MOST);
      deletes.done(memory.store.batch(), pi, [idOf(7)]);
      await owe(pi, MOST + 2);
      assert.equal(owed().length, MOST);
      assert.ok(!owed().some((id) => Buffer.compare(id, idOf(MOST + 2)) === 0));
    });
  });
});
