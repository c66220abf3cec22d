import assert from 'node:assert/strict';
import { alice, bob, carol, envelopeTo } from '../../support/storage-fixture';
import { serve } from '../../support/serve';

describe('storage service under load', () => {
  it('has at most so many requests of one peer in work and answers the others "busy"', async () => {
    const { service, taken, idle } = serve({ service: { maxInWork: 3 }, online: [alice, bob, carol] });
    for (let n = 0; n < 5; n++) {
      service.handle(alice, {
        kind: 'store',
        request: n,
        remaining: 10,
        envelope: envelopeTo(bob, `${n}`),
      });
    }
    service.handle(carol, { kind: 'store', request: 9, remaining: 10, envelope: envelopeTo(bob, '9') });
    await idle();
    const codes = taken(alice, 'store-answer').toSorted((a, b) => a.request - b.request);
    assert.deepEqual(
      codes.map(({ code }) => code),
      ['ok', 'ok', 'ok', 'busy', 'busy'],
    );
    assert.equal(taken(carol, 'store-answer')[0]?.code, 'ok');
    service.handle(alice, { kind: 'store', request: 8, remaining: 10, envelope: envelopeTo(bob, '8') });
    await idle();
    assert.equal(taken(alice, 'store-answer').at(-1)?.code, 'ok');
  });

  it('answers lists, fetches and deletes beyond a peer’s rate "busy", each in its form', async () => {
    const { service, taken, idle, time } = serve({ service: { readBurst: 1, readsPerSecond: 1 } });
    const storageIds = [new Uint8Array(16), new Uint8Array(16)];
    service.handle(bob, { kind: 'list', request: 1, after: 0, max: 64 });
    service.handle(bob, { kind: 'list', request: 2, after: 0, max: 64 });
    service.handle(bob, { kind: 'fetch', request: 3, storageIds });
    service.handle(bob, { kind: 'delete', request: 4, storageIds });
    await idle();
    assert.deepEqual(
      taken(bob, 'list-answer').map(({ request, code }) => [request, code]),
      [
        [2, 'busy'],
        [1, 'ok'],
      ],
    );
    assert.deepEqual(
      taken(bob, 'fetched').map(({ position, code }) => [position, code]),
      [
        [0, 'busy'],
        [1, 'busy'],
      ],
    );
    assert.deepEqual(
      taken(bob, 'delete-answer').map(({ code }) => code),
      ['busy'],
    );
    await time.advance(1000);
    service.handle(bob, { kind: 'list', request: 5, after: 0, max: 64 });
    await idle();
    assert.equal(taken(bob, 'list-answer').at(-1)?.code, 'ok');
  });
});
