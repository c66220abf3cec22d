import assert from 'node:assert/strict';
import { sameBytes, toHex } from '../../../../lib/bytes';
import { ToxAsyncError } from '../../../../lib/errors';
import { StorageService, type StorageServiceOptions } from '../../../../lib/storage/service/storage-service';
import type { SessionMessage } from '../../../../lib/protocol/session/message-kinds';
import { storageIdOfBytes } from '../../../../lib/testing/engine/sample-mail';
import {
  alice,
  bob,
  carol,
  envelopeTo,
  mallory,
  openStorage,
  type StorageOptions,
} from '../support/storage-fixture';

type Kind = SessionMessage['kind'];
type Message<K extends Kind> = Extract<SessionMessage, { kind: K }>;

interface Setup extends StorageOptions {
  readonly online?: Uint8Array[];
  readonly service?: Partial<StorageServiceOptions>;
}

/** A running service and what it sent to whom. */
function serve({ online = [alice, bob], service: serviceOptions, ...storageOptions }: Setup = {}) {
  const under = openStorage(storageOptions);
  const sent: { peer: Uint8Array; message: SessionMessage }[] = [];
  const warnings: string[] = [];
  const sessions = {
    online: [...online],
    hasSession: (peer: Uint8Array) => sessions.online.some((one) => sameBytes(one, peer)),
    send: (peer: Uint8Array, message: SessionMessage) => {
      sent.push({ peer, message });
    },
  };
  const logged: string[] = [];
  const note = (text: string) => logged.push(text);
  const log = { debug: note, info: note, error: note, warn: (text: string) => warnings.push(text) };
  const { storage, time } = under;
  const service = new StorageService({
    storage,
    sessions,
    clock: time.clock,
    timers: time.timers,
    log,
    ...serviceOptions,
  });
  service.start();
  let request = 0;
  const taken = <K extends Kind>(peer: Uint8Array, kind: K): Message<K>[] =>
    sent.flatMap(({ peer: to, message }) =>
      sameBytes(to, peer) && message.kind === kind ? [message as Message<K>] : [],
    );
  const idle = () => time.advance(0);
  const store = async (from: Uint8Array, envelope: Uint8Array, remaining = 3600) => {
    service.handle(from, { kind: 'store', request: ++request, remaining, envelope });
    await idle();
    return taken(from, 'store-answer').find((answer) => answer.request === request);
  };
  return { ...under, service, sessions, sent, warnings, logged, taken, idle, store };
}

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

  describe('hints that mail came', () => {
    it('go to a recipient with a session, at once', async () => {
      const { store, taken } = serve();
      await store(alice, envelopeTo(bob, 'x'));
      assert.deepEqual(taken(bob, 'mail'), [{ kind: 'mail', waiting: 1 }]);
    });

    it('go out at most once a second and count all that waits', async () => {
      const { store, taken, time } = serve();
      for (let n = 0; n < 5; n++) await store(alice, envelopeTo(bob, `${n}`));
      assert.equal(taken(bob, 'mail').length, 1);
      await time.advance(999);
      assert.equal(taken(bob, 'mail').length, 1);
      await time.advance(1);
      assert.deepEqual(taken(bob, 'mail').at(-1), { kind: 'mail', waiting: 5 });
      await time.advance(10_000);
      assert.equal(taken(bob, 'mail').length, 2);
    });

    it('do not go to one without a session, to the submitter, or for a refused or known envelope', async () => {
      const { store, sent, sessions, taken, time } = serve({ online: [alice] });
      const envelope = envelopeTo(bob, 'x');
      await store(alice, envelope);
      sessions.online.push(bob);
      await store(alice, envelope);
      await store(alice, new Uint8Array(3));
      await time.advance(5000);
      assert.deepEqual([...new Set(sent.map(({ message }) => message.kind))], ['store-answer']);
      assert.deepEqual(taken(alice, 'mail'), []);
    });

    it('are not sent when the mail was fetched and deleted within the second', async () => {
      const { store, service, taken, time } = serve();
      const answers = [await store(alice, envelopeTo(bob, '1')), await store(alice, envelopeTo(bob, '2'))];
      const storageIds = answers.map((answer) => answer?.storageId ?? new Uint8Array(16));
      service.handle(bob, { kind: 'delete', request: 1, storageIds });
      await time.advance(5000);
      assert.equal(taken(bob, 'mail').length, 1);
    });
  });

  describe('load', () => {
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

  describe('trouble', () => {
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

  describe('care', () => {
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
});
