import assert from 'node:assert/strict';
import { sameBytes, toHex } from '../../../../lib/bytes';
import { StorageService } from '../../../../lib/storage/service/storage-service';
import type { StorageRequest } from '../../../../lib/storage/service/refusals';
import type { SessionMessage } from '../../../../lib/protocol/session/message-kinds';
import { silentLogger } from '../../../../lib/types';
import { bytesOf } from '../../../../lib/testing/engine/sample-mail';
import { envelopeTo, openStorage, type StorageUnderTest } from '../support/storage-fixture';

const CAPACITY = 1536;
/** Below what a node takes by default: the flood that this stands for has four times as many messages. */
const limits = { storeBurst: 200, storesPerSecond: 5 };
const victim = bytesOf('victim');
const flooders = Array.from({ length: 50 }, (_, n) => bytesOf(`flooder ${n}`));
const honest = Array.from({ length: 10 }, (_, n) => bytesOf(`honest ${n}`));
const friends = [victim, ...flooders, ...honest];
/** Messages that the node guarantees to each of its friends. */
const SHARE = Math.floor(CAPACITY / 2 / friends.length);

type Answer<K extends SessionMessage['kind']> = Extract<SessionMessage, { kind: K }>;

/** A node in simulated time; what it answers is found by peer and request. */
function serve(under: StorageUnderTest) {
  const answers = new Map<string, SessionMessage[]>();
  const { storage, time } = under;
  const service = new StorageService({
    storage,
    sessions: {
      hasSession: () => true,
      send: (peer, message) => {
        if (!('request' in message)) return;
        const name = `${toHex(peer)} ${message.request}`;
        answers.set(name, [...(answers.get(name) ?? []), message]);
      },
    },
    clock: time.clock,
    timers: time.timers,
    log: silentLogger,
  });
  service.start();
  let requests = 0;
  return {
    service,
    /** Puts a request; the answer is there when time has passed. */
    ask: (peer: Uint8Array, request: StorageRequest) => {
      const number = ++requests;
      service.handle(peer, { ...request, request: number });
      return () => answers.get(`${toHex(peer)} ${number}`) ?? [];
    },
  };
}

const store = (envelope: Uint8Array): StorageRequest => ({
  kind: 'store',
  request: 0,
  remaining: 86_400,
  envelope,
});

/** One second of the flood: five times what the rate allows, into the victim's mailbox and into one another's. */
function flood(node: ReturnType<typeof serve>, second: number): void {
  for (const [index, flooder] of flooders.entries()) {
    for (let n = 0; n < 25; n += 1) {
      const to = n % 2 ? victim : (flooders[(index + n) % flooders.length] ?? victim);
      node.ask(flooder, store(envelopeTo(to, `flood ${index} ${second} ${n}`)));
      if (n === 0) node.ask(flooder, { kind: 'list', request: 0, after: 0, max: 64 });
    }
  }
}

/** As a client empties its mailbox: list, fetch, delete, and wait when the node says so. */
async function drain(node: ReturnType<typeof serve>, { time }: StorageUnderTest): Promise<Uint8Array[]> {
  const envelopes: Uint8Array[] = [];
  const answered = async <K extends SessionMessage['kind']>(kind: K, request: StorageRequest) => {
    for (;;) {
      const answers = node.ask(victim, request);
      await time.advance(10);
      const all = answers() as Answer<K & SessionMessage['kind']>[];
      assert.ok(all.length > 0 && all.every((one) => one.kind === kind));
      if (all.every((one) => !('code' in one) || one.code !== 'busy')) return all;
      await time.advance(1000);
    }
  };
  for (let after = 0, more = true; more;) {
    const [list] = await answered('list-answer', { kind: 'list', request: 0, after, max: 64 });
    assert.ok(list && (list.items.length > 0 || !list.more));
    for (let at = 0; at < list.items.length; at += 16) {
      const storageIds = list.items.slice(at, at + 16).map((item) => item.storageId);
      const fetched = await answered('fetched', { kind: 'fetch', request: 0, storageIds });
      envelopes.push(...fetched.map((one) => one.envelope));
      await answered('delete-answer', { kind: 'delete', request: 0, storageIds });
    }
    after = list.items.at(-1)?.cursor ?? after;
    more = list.more;
  }
  return envelopes;
}

describe('a storage node that 50 peers flood', function () {
  this.timeout(60_000);

  it('takes every honest message within its sender’s share, and the recipient gets them all', async () => {
    const under = openStorage({ room: { messages: CAPACITY }, friends, limits });
    const node = serve(under);
    const sent: { envelope: Uint8Array; code: () => string | undefined }[] = [];
    const send = (from: Uint8Array, word: string) => {
      const envelope = envelopeTo(victim, word);
      const answers = node.ask(from, store(envelope));
      sent.push({ envelope, code: () => (answers()[0] as Answer<'store-answer'> | undefined)?.code });
    };
    for (let second = 0; second < SHARE; second += 1) {
      flood(node, second);
      // The honest come behind the flood of the same moment.
      for (const [n, one] of honest.entries()) send(one, `honest ${n} ${second}`);
      await under.time.advance(1000);
      assert.ok(under.storage.getStorageStats().totalMessages <= CAPACITY);
    }
    assert.equal(sent.length, honest.length * SHARE);
    assert.deepEqual([...new Set(sent.map(({ code }) => code()))], ['ok']);
    const { refusals, totalMessages } = under.storage.getStorageStats();
    assert.ok(refusals['node-full'] > 1000 && refusals.rate > 1000, JSON.stringify(refusals));
    assert.ok(totalMessages > CAPACITY * 0.9, `${totalMessages}`);

    const got = await drain(node, under);
    assert.ok(got.length > sent.length + 100, 'the flood is in the mailbox too');
    for (const { envelope } of sent) assert.ok(got.some((one) => sameBytes(one, envelope)));
    assert.equal(under.storage.countWaiting(victim), 0);
  });

  it('and that starts again under it, still has room for every honest sender', async () => {
    let under = openStorage({ room: { messages: CAPACITY }, friends, limits });
    let node = serve(under);
    for (let second = 0; second < 4; second += 1) {
      flood(node, second);
      await under.time.advance(1000);
    }
    await node.service.stop();
    const before = under.storage.getStorageStats().totalMessages;
    under = await under.restart();
    node = serve(under);
    const share = Math.floor((CAPACITY - before) / friends.length);
    assert.ok(before > CAPACITY / 2 && share >= 1);
    const answers: (() => SessionMessage[])[] = [];
    for (let second = 0; second < share; second += 1) {
      flood(node, 100 + second);
      for (const one of honest)
        answers.push(node.ask(one, store(envelopeTo(victim, `${toHex(one)} ${second}`))));
      await under.time.advance(1000);
    }
    assert.deepEqual([...new Set(answers.map((one) => (one()[0] as Answer<'store-answer'>).code))], ['ok']);
  });
});
