import assert from 'node:assert/strict';
import { OwedDeletes } from '../../../../lib/client/journal/owed-deletes';
import { UnknownMail } from '../../../../lib/client/receiving/unknown-mail';
import { MemoryVolume, openMemoryStore } from '../../../../lib/testing/memory-store';
import type { Store } from '../../../../lib/store/store';
import { tagOf as idOf } from '../support/collector';

const HOUR = 3600;
/** As much as is remembered. */
const MOST = 50_000;
const pi = new Uint8Array(32).fill(1);
const hub = new Uint8Array(32).fill(2);

describe('mail under an unknown tag', () => {
  let store: Store;
  let age: number;
  let deletes: OwedDeletes;
  let unknown: UnknownMail;

  beforeEach(() => {
    store = openMemoryStore(new MemoryVolume());
    age = 1000;
    const ages = { now: () => age };
    deletes = new OwedDeletes({ store, ages });
    unknown = new UnknownMail({ ages, deletes });
  });

  async function meet(node: Uint8Array, ...ids: number[]): Promise<void> {
    const writes = store.batch();
    for (const id of ids) unknown.note(writes, node, idOf(id));
    await writes.commit();
  }

  const owed = (node = pi) => deletes.owedTo(node);

  it('is deleted when it is met an hour after the first time, at the node that still has it', async () => {
    await meet(pi, 1);
    age += HOUR - 1;
    await meet(pi, 1, 2);
    assert.deepEqual(owed(), []);
    age += 1;
    await meet(hub, 1);
    assert.deepEqual([owed(), owed(hub)], [[], [idOf(1)]]);
  });

  it('is given another hour when it is met after that', async () => {
    await meet(pi, 1);
    age += HOUR;
    await meet(pi, 1);
    assert.deepEqual(owed(), [idOf(1)]);
    const writes = store.batch();
    deletes.done(writes, pi, [idOf(1)]);
    await writes.commit();
    await meet(pi, 1);
    age += HOUR - 1;
    await meet(pi, 1);
    assert.deepEqual(owed(), []);
    age += 1;
    await meet(pi, 1);
    assert.deepEqual(owed(), [idOf(1)]);
  });

  it('is remembered for 25 hours, when no node has it any more', async () => {
    await meet(pi, 1);
    age += 1;
    await meet(pi, 2);
    age += 25 * HOUR;
    unknown.forgetOld();
    await meet(pi, 1, 2);
    assert.deepEqual(owed(), [idOf(2)]);
  });

  it('is not remembered beyond 50,000, which stops none of those from being deleted', async () => {
    for (let id = 0; id < MOST - 1; id += 1) unknown.note(store.batch(), pi, idOf(id));
    await meet(pi, MOST, MOST + 1);
    age += HOUR;
    await meet(pi, MOST + 1);
    assert.deepEqual(owed(), []);
    await meet(pi, MOST);
    assert.deepEqual(owed(), [idOf(MOST)]);
    // One place is free now.
    await meet(pi, MOST + 1, MOST + 2);
    age += HOUR;
    await meet(pi, MOST + 1, MOST + 2);
    assert.deepEqual(owed(), [MOST, MOST + 1].map(idOf));
  });

  describe('while other mail has to stay at a node for want of room', () => {
    const visit = (node: Uint8Array, stays: boolean, isWhole = true) =>
      unknown.noteVisit(node, { stays, isWhole });

    beforeEach(async () => {
      await meet(pi, 1);
      visit(hub, true);
    });

    it('is not deleted at any node, nor in the hour after', async () => {
      age += 10 * HOUR;
      await meet(pi, 1);
      visit(pi, false);
      visit(hub, false, false);
      await meet(pi, 1);
      visit(hub, false);
      age += HOUR - 1;
      await meet(pi, 1);
      assert.deepEqual(owed(), []);
      age += 1;
      await meet(pi, 1);
      assert.deepEqual(owed(), [idOf(1)]);
    });

    it('waits for the last of several nodes', async () => {
      visit(pi, true);
      visit(hub, false);
      age += HOUR;
      await meet(pi, 1);
      assert.deepEqual(owed(), []);
      visit(pi, false);
      age += HOUR;
      await meet(pi, 1);
      assert.deepEqual(owed(), [idOf(1)]);
    });

    it('waits no longer for a node that cannot hold it any more, or is no friend', async () => {
      age += 25 * HOUR;
      unknown.forgetOld();
      await meet(pi, 1);
      assert.deepEqual(owed(), [], 'the hub was seen 25 hours ago');
      age += 1;
      unknown.forgetOld();
      await meet(pi, 1);
      age += HOUR;
      await meet(pi, 1);
      assert.deepEqual(owed(), [idOf(1)]);
      visit(hub, true);
      unknown.forget(hub);
      await meet(hub, 2);
      age += HOUR;
      await meet(hub, 2);
      assert.deepEqual(owed(hub), [idOf(2)]);
    });
  });
});
