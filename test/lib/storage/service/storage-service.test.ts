import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import { storageIdOfBytes } from '../../../../lib/testing/engine/sample-mail';
import { alice, bob, envelopeTo, mallory } from '../support/storage-fixture';
import { serve } from '../support/serve';

describe('storage service', () => {
  it('answers a store with the storage id and the seconds it is kept', async () => {
    const { store } = serve();
    const envelope = envelopeTo(bob, 'hello');
    assert.deepEqual(await store(alice, envelope, 100), {
      kind: 'store-answer',
      request: 1,
      code: 'ok',
      storageId: storageIdOfBytes(envelope),
      kept: 100,
      wait: 0,
    });
    assert.equal((await store(alice, envelope, 100))?.code, 'known');
  });

  it('answers a refused store with its code, and with the wait when the rate is the reason', async () => {
    const { store } = serve({ limits: { storeBurst: 1, storesPerSecond: 0.1 } });
    await store(alice, envelopeTo(bob, '1'));
    const answer = await store(alice, envelopeTo(bob, '2'));
    assert.deepEqual([answer?.code, answer?.wait, answer?.kept], ['rate', 10, 0]);
    assert.equal((await store(alice, envelopeTo(new Uint8Array(32), '3')))?.code, 'no-mailbox');
    assert.equal((await store(alice, new Uint8Array(12)))?.code, 'bad-request');
  });

  it('lists, gives and deletes the mail of the session’s own peer', async () => {
    const { service, store, taken, idle } = serve();
    const envelopes = ['one', 'two', 'three'].map((word) => envelopeTo(bob, word));
    for (const envelope of envelopes) await store(alice, envelope);
    service.handle(bob, { kind: 'list', request: 7, after: 0, max: 2 });
    await idle();
    const [list] = taken(bob, 'list-answer');
    assert.deepEqual([list?.request, list?.code, list?.more, list?.items.length], [7, 'ok', true, 2]);
    const storageIds = list?.items.map((item) => item.storageId) ?? [];
    assert.deepEqual(
      storageIds.map(toHex),
      envelopes.slice(0, 2).map((envelope) => toHex(storageIdOfBytes(envelope))),
    );

    service.handle(bob, { kind: 'fetch', request: 8, storageIds: [...storageIds, new Uint8Array(16)] });
    await idle();
    const fetched = taken(bob, 'fetched');
    assert.deepEqual(
      fetched.map(({ request, position, code }) => [request, position, code]),
      [
        [8, 0, 'ok'],
        [8, 1, 'ok'],
        [8, 2, 'not-found'],
      ],
    );
    assert.deepEqual(fetched[0]?.envelope, envelopes[0]);
    assert.equal(fetched[2]?.envelope.length, 0);

    service.handle(bob, { kind: 'delete', request: 9, storageIds: [...storageIds, new Uint8Array(16)] });
    await idle();
    assert.deepEqual(taken(bob, 'delete-answer'), [
      { kind: 'delete-answer', request: 9, code: 'ok', deleted: 2 },
    ]);
    service.handle(bob, { kind: 'list', request: 10, after: 0, max: 64 });
    await idle();
    assert.equal(taken(bob, 'list-answer').at(-1)?.items.length, 1);
  });

  it('lists, gives and deletes nothing of anybody else', async () => {
    const { service, store, taken, idle, storage } = serve({ online: [alice, bob, mallory] });
    const answer = await store(alice, envelopeTo(bob, 'private'));
    const storageIds = [answer?.storageId ?? new Uint8Array(16)];
    service.handle(mallory, { kind: 'list', request: 1, after: 0, max: 64 });
    service.handle(mallory, { kind: 'fetch', request: 2, storageIds });
    service.handle(mallory, { kind: 'delete', request: 3, storageIds });
    await idle();
    assert.deepEqual(taken(mallory, 'list-answer')[0]?.items, []);
    assert.equal(taken(mallory, 'fetched')[0]?.code, 'not-found');
    assert.equal(taken(mallory, 'delete-answer')[0]?.deleted, 0);
    assert.equal(storage.countWaiting(bob), 1);
  });

  it('lists at most 64 at a time and refuses to list none', async () => {
    const { service, taken, idle, storage } = serve();
    await Promise.all(
      Array.from({ length: 70 }, (_, n) => storage.storeMessage(alice, envelopeTo(bob, `${n}`), 100)),
    );
    service.handle(bob, { kind: 'list', request: 1, after: 0, max: 255 });
    service.handle(bob, { kind: 'list', request: 2, after: 0, max: 0 });
    await idle();
    const answers = taken(bob, 'list-answer').toSorted((a, b) => a.request - b.request);
    assert.deepEqual(
      answers.map(({ code, items, more }) => [code, items.length, more]),
      [
        ['ok', 64, true],
        ['bad-request', 0, false],
      ],
    );
  });

  it('answers a fetch of none once, with a code, and goes on', async () => {
    const { service, taken, idle } = serve({ service: { readBurst: 2, readsPerSecond: 1e-6 } });
    for (const request of [1, 2, 3]) service.handle(bob, { kind: 'fetch', request, storageIds: [] });
    await idle();
    assert.deepEqual(
      taken(bob, 'fetched')
        .toSorted((a, b) => a.request - b.request)
        .map(({ request, position, code, envelope }) => [request, position, code, envelope.length]),
      [
        [1, 0, 'bad-request', 0],
        [2, 0, 'bad-request', 0],
        [3, 0, 'busy', 0],
      ],
    );
  });

  it('switched off, refuses stores and still gives what it holds', async () => {
    const { service, store, taken, idle } = serve({ role: 'off' });
    assert.equal((await store(alice, envelopeTo(bob, 'x')))?.code, 'off');
    service.handle(bob, { kind: 'list', request: 1, after: 0, max: 64 });
    await idle();
    assert.equal(taken(bob, 'list-answer')[0]?.code, 'ok');
  });

  it('gives a mailbox of thousands completely, page by page, to one who deletes as he goes', async () => {
    const { service, taken, idle, storage, sent, time } = serve({
      room: { messages: 1e6 },
      limits: { storeBurst: 1e9, maxMessagesPerRecipient: 1e9, guaranteedPart: 1 },
    });
    const envelopes = Array.from({ length: 3000 }, (_, n) => envelopeTo(bob, `${n}`));
    await Promise.all(envelopes.map((one) => storage.storeMessage(alice, one, 86_400)));
    const got: string[] = [];
    let request = 0;
    for (let after = 0, more = true; more;) {
      sent.length = 0;
      service.handle(bob, { kind: 'list', request: ++request, after, max: 64 });
      await idle();
      const [list] = taken(bob, 'list-answer');
      assert.ok(list?.code === 'ok' && list.items.length > 0);
      const storageIds = list.items.map((item) => item.storageId);
      for (let at = 0; at < storageIds.length; at += 16) {
        service.handle(bob, { kind: 'fetch', request: ++request, storageIds: storageIds.slice(at, at + 16) });
      }
      await idle();
      service.handle(bob, { kind: 'delete', request: ++request, storageIds });
      await idle();
      got.push(...taken(bob, 'fetched').map(({ envelope }) => toHex(envelope)));
      after = list.items.at(-1)?.cursor ?? after;
      more = list.more;
      // Within the rate of reads.
      await time.advance(100);
    }
    assert.equal(got.length, 3000);
    assert.ok(envelopes.every((one) => got.includes(toHex(one))));
    assert.equal(storage.countWaiting(bob), 0);
  });

  it('logs nothing about requests, whether it grants or refuses them', async () => {
    const { service, store, idle, logged, warnings, time } = serve({
      limits: { storeBurst: 3, maxMessagesPerRecipient: 1 },
      service: { readBurst: 3, readsPerSecond: 0.001 },
      online: [alice, bob, mallory],
    });
    const answer = await store(alice, envelopeTo(bob, 'one'));
    const storageIds = [answer?.storageId ?? new Uint8Array(16), new Uint8Array(16)];
    const codes: (string | undefined)[] = [answer?.code];
    for (const envelope of [
      envelopeTo(bob, 'one'),
      envelopeTo(new Uint8Array(32), 'nobody'),
      new Uint8Array(7),
      envelopeTo(bob, 'two'),
      envelopeTo(bob, 'three'),
      envelopeTo(bob, 'four'),
    ]) {
      codes.push((await store(alice, envelope))?.code);
    }
    assert.deepEqual(codes.slice(1), [
      'known',
      'no-mailbox',
      'bad-request',
      'mailbox-share',
      'mailbox-share',
      'rate',
    ]);
    for (const peer of [bob, mallory]) {
      service.handle(peer, { kind: 'list', request: 1, after: 0, max: 64 });
      service.handle(peer, { kind: 'fetch', request: 2, storageIds });
      service.handle(peer, { kind: 'delete', request: 3, storageIds });
      service.handle(peer, { kind: 'list', request: 4, after: 0, max: 0 });
    }
    await idle();
    await time.advance(7_200_000);
    await service.stop();
    service.handle(bob, { kind: 'list', request: 5, after: 0, max: 64 });
    assert.deepEqual([logged, warnings], [[], []]);
  });
});
