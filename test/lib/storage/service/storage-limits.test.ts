import assert from 'node:assert/strict';
import { StorageService } from '../../../../lib/storage/service/storage-service';
import type { CodeWord } from '../../../../lib/protocol/codes';
import type { SessionMessage } from '../../../../lib/protocol/session/message-kinds';
import { silentLogger } from '../../../../lib/types';
import { alice, bob, envelopeTo, openStorage, type StorageOptions } from '../support/storage-fixture';

/** A running service with the limits that a session has. */
function serve(options: StorageOptions = {}) {
  const { storage, time } = openStorage(options);
  const sent: SessionMessage[] = [];
  const present = new Set<Uint8Array>([alice, bob]);
  const service = new StorageService({
    storage,
    sessions: {
      hasSession: (peer) => present.has(peer),
      send: (_peer, message) => void sent.push(message),
    },
    clock: time.clock,
    timers: time.timers,
    log: silentLogger,
  });
  service.start();
  const store = (n: number) =>
    service.handle(alice, { kind: 'store', request: n, remaining: 60, envelope: envelopeTo(bob, `${n}`) });
  const list = () => service.handle(bob, { kind: 'list', request: 1, after: 0, max: 1 });
  /** Codes of the answers of a kind that were sent since the last call. */
  const codes = (kind: 'store-answer' | 'list-answer'): CodeWord[] =>
    sent.splice(0).flatMap((message) => (message.kind === kind ? [message.code] : []));
  return { storage, time, sent, present, service, store, list, codes };
}

const count = (codes: readonly CodeWord[], word: CodeWord) => codes.filter((code) => code === word).length;

describe('the limits of a storage node towards one peer', () => {
  it('are 64 requests in work', async () => {
    const { store, time, codes } = serve();
    for (let n = 0; n < 66; n += 1) store(n);
    assert.deepEqual(codes('store-answer'), ['busy', 'busy']);
    await time.advance(1);
    assert.equal(count(codes('store-answer'), 'ok'), 64);
  });

  it('are 500 lists, fetches and deletes at once, and 100 a second after that', async () => {
    const { list, time, codes } = serve();
    for (let n = 0; n < 502; n += 1) {
      list();
      if (n % 50 === 0) await time.advance(0);
    }
    await time.advance(0);
    const first = codes('list-answer');
    assert.deepEqual([count(first, 'ok'), count(first, 'busy')], [500, 2]);
    await time.advance(500);
    for (let n = 0; n < 60; n += 1) list();
    await time.advance(0);
    const second = codes('list-answer');
    assert.deepEqual([count(second, 'ok'), count(second, 'busy')], [50, 10]);
  });

  it('are 400 new messages at once, and 20 a second after that', async () => {
    const { store, time, codes } = serve({
      room: { messages: 1e6 },
      limits: { maxMessagesPerRecipient: 1e9 },
    });
    for (let n = 0; n < 402; n += 1) {
      store(n);
      if (n % 50 === 0) await time.advance(1);
    }
    await time.advance(1);
    const first = codes('store-answer');
    assert.deepEqual([count(first, 'ok'), count(first, 'rate')], [400, 2]);
    await time.advance(1000);
    for (let n = 1000; n < 1030; n += 1) store(n);
    await time.advance(1);
    const second = codes('store-answer');
    assert.deepEqual([count(second, 'ok'), count(second, 'rate')], [20, 10]);
  });

  it('name a wait that its field holds', async () => {
    const { store, time, sent } = serve({ limits: { storeBurst: 1, storesPerSecond: 1e-6 } });
    store(1);
    store(2);
    await time.advance(1);
    const refused = sent.find((message) => message.kind === 'store-answer' && message.code === 'rate');
    assert.ok(refused?.kind === 'store-answer');
    assert.equal(refused.wait, 65_535);
  });

  it('name no more waiting mail than their field holds', async () => {
    const { storage, store, time, sent } = serve();
    storage.countWaiting = () => 70_000;
    store(1);
    await time.advance(1);
    assert.deepEqual(
      sent.filter(({ kind }) => kind === 'mail'),
      [{ kind: 'mail', waiting: 65_535 }],
    );
  });

  it('make nobody wait for a hint who was not there to hear of the mail before', async () => {
    const { store, time, sent, present } = serve();
    const hints = () => sent.filter(({ kind }) => kind === 'mail').length;
    present.delete(bob);
    store(1);
    await time.advance(1);
    present.add(bob);
    store(2);
    await time.advance(1);
    assert.equal(hints(), 1);
  });
});
