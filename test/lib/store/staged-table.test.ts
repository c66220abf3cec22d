import assert from 'node:assert/strict';
import { utf8 } from '../../../lib/bytes';
import { StagedTable } from '../../../lib/store/staged-table';
import { MemoryVolume, openMemoryStore } from '../../../lib/testing/memory-store';

describe('a table for batches that change a record more than once', () => {
  const store = openMemoryStore(new MemoryVolume());
  const table = new StagedTable<{ n: number }>(store, 'staged');
  const key = utf8('key');

  it('shows what the batch says so far, to that batch alone, and the disk what is durable', async () => {
    const first = store.batch();
    assert.equal(table.getIn(first, key), undefined);
    table.put(first, [key], { n: 1 });
    table.put(first, [key], { n: 2 });
    const second = store.batch();
    assert.deepEqual([table.getIn(first, key), table.getIn(second, key)], [{ n: 2 }, undefined]);
    assert.equal(table.get(key), undefined);
    await first.commit();
    assert.deepEqual([table.get(key), table.getIn(second, key)], [{ n: 2 }, { n: 2 }]);
    table.delete(second, [key]);
    assert.deepEqual([table.get(key), table.getIn(second, key)], [{ n: 2 }, undefined]);
    table.put(second, [key], { n: 3 });
    assert.deepEqual(table.getIn(second, key), { n: 3 });
    assert.deepEqual(table.getIn(store.batch(), key), { n: 2 }, 'a batch that never commits says nothing');
  });
});
