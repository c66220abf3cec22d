import assert from 'node:assert/strict';
import { ToxAsyncError } from '../../../../../lib/errors';
import { alice, bob, carol, envelopeTo } from '../../support/storage-fixture';
import { serve } from '../../support/serve';

describe('the care of the storage service', () => {
  it('reads the disk and sweeps at the start, and every hour while mail lies here', async () => {
    const { storage, capacity, time } = serve();
    await time.advance(0);
    assert.equal(capacity.updates, 1);
    await storage.storeMessage(alice, envelopeTo(bob, 'x'), 60);
    await time.advance(3_599_000);
    assert.equal(storage.getStorageStats().totalMessages, 1);
    await time.advance(1000);
    assert.equal(storage.getStorageStats().totalMessages, 0);
    assert.equal(capacity.updates, 2);
    assert.equal(time.pendingTimers, 0);
  });

  it('has no timer while no mail lies here, and one again when some comes', async () => {
    const { storage, capacity, time } = serve();
    await time.advance(10_000_000);
    assert.deepEqual([time.pendingTimers, capacity.updates], [0, 1]);
    await storage.storeMessage(alice, envelopeTo(carol, 'x'), 60);
    await time.advance(3_600_000);
    assert.equal(storage.getStorageStats().totalMessages, 0);
  });

  it('sweeps mail for a friend of another node of its fleet', async () => {
    const friends = { all: () => [], count: 0, has: async () => true, replaceOwn: () => undefined };
    const { store, storage, time } = serve({ fleet: { marksKey: new Uint8Array(32), friends } });
    await time.advance(10_000_000);
    assert.equal(time.pendingTimers, 0);
    assert.equal((await store(alice, envelopeTo(new Uint8Array(32), 'x'), 60))?.code, 'ok');
    await time.advance(3_600_000);
    assert.equal(storage.getStorageStats().totalMessages, 0);
  });

  it('sweeps mail of an earlier run', async () => {
    const { service, storage, time } = serve();
    await service.stop();
    await storage.storeMessage(alice, envelopeTo(bob, 'x'), 60);
    service.start();
    await time.advance(3_600_000);
    assert.equal(storage.getStorageStats().totalMessages, 0);
  });

  it('reads the disk for a deposit when that was last done an hour ago', async () => {
    const { store, capacity, time } = serve();
    await time.advance(3_599_999);
    await store(alice, envelopeTo(bob, 'x'));
    assert.equal(capacity.updates, 1);
    await time.advance(1);
    await store(alice, envelopeTo(bob, 'y'));
    assert.equal(capacity.updates, 2);
    await store(alice, envelopeTo(bob, 'z'));
    assert.equal(capacity.updates, 2);
  });

  it('goes on after a failure', async () => {
    const { capacity, warnings, storage, time } = serve();
    await storage.storeMessage(alice, envelopeTo(bob, 'x'), 60);
    capacity.update = () => Promise.reject(new ToxAsyncError('ErrStore', 'No free space could be read.'));
    await time.advance(3_600_000);
    assert.equal(warnings.length, 1);
    assert.equal(storage.getStorageStats().totalMessages, 0);
  });

  it('ends with stop, which waits for what is under way and answers "busy" from then on', async () => {
    const { service, taken, time, capacity } = serve();
    await time.advance(0);
    service.handle(alice, { kind: 'store', request: 1, remaining: 10, envelope: envelopeTo(bob, 'x') });
    await service.stop();
    assert.equal(time.pendingTimers, 0);
    assert.equal(taken(alice, 'store-answer')[0]?.code, 'ok');
    service.handle(alice, { kind: 'list', request: 2, after: 0, max: 64 });
    assert.equal(taken(alice, 'list-answer')[0]?.code, 'busy');
    await time.advance(7_200_000);
    assert.equal(capacity.updates, 1);
  });
});
