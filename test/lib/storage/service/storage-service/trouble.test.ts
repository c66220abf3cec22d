import assert from 'node:assert/strict';
import { toHex } from '../../../../../lib/bytes';
import { ToxAsyncError } from '../../../../../lib/errors';
import { alice, bob, envelopeTo } from '../../support/storage-fixture';
import { serve } from '../../support/serve';

describe('in the storage service, trouble', () => {
  const broken = () => Promise.reject(new ToxAsyncError('ErrStore', 'The store is damaged.'));

  it('inside is answered "busy", logged once, and names nobody', async () => {
    const { service, storage, taken, idle, warnings } = serve();
    storage.tryStore = broken;
    storage.retrieveMessages = broken;
    storage.getMessage = broken;
    storage.deleteMessage = broken;
    const storageIds = [new Uint8Array(16)];
    service.handle(alice, { kind: 'store', request: 1, remaining: 10, envelope: envelopeTo(bob, 'x') });
    service.handle(alice, { kind: 'list', request: 2, after: 0, max: 64 });
    service.handle(alice, { kind: 'fetch', request: 3, storageIds });
    service.handle(alice, { kind: 'delete', request: 4, storageIds });
    await idle();
    assert.deepEqual(
      taken(alice, 'store-answer').map(({ code }) => code),
      ['busy'],
    );
    assert.deepEqual(
      taken(alice, 'list-answer').map(({ code }) => code),
      ['busy'],
    );
    assert.deepEqual(
      taken(alice, 'fetched').map(({ code }) => code),
      ['busy'],
    );
    assert.deepEqual(
      taken(alice, 'delete-answer').map(({ code }) => code),
      ['busy'],
    );
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /ErrStore/);
    for (const peer of [alice, bob])
      assert.doesNotMatch(warnings[0] ?? '', new RegExp(toHex(peer).slice(0, 8), 'i'));
  });

  it('with sending ends neither the service nor the request', async () => {
    const { sessions, store, storage } = serve();
    sessions.send = () => {
      throw new ToxAsyncError('ErrNotConnected', 'The peer is gone.');
    };
    await store(alice, envelopeTo(bob, 'x'));
    assert.equal(storage.countWaiting(bob), 1);
  });

  it('of a peer that went away leaves its answers unsent', async () => {
    const { service, sessions, sent, idle } = serve();
    service.handle(alice, { kind: 'list', request: 1, after: 0, max: 64 });
    sessions.online.length = 0;
    await idle();
    assert.deepEqual(sent, []);
  });
});
