import assert from 'node:assert/strict';
import { DirectDelivery } from '../../../../lib/client/sending/direct-delivery';
import { ChunkProgress } from '../../../../lib/client/sending/large/chunk-progress';
import type { OutboxEntry } from '../../../../lib/client/journal/outgoing/outbox';
import { KeyedQueue } from '../../../../lib/platform/queues/keyed-queue';
import { ToxAsyncError } from '../../../../lib/errors';
import { SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { MemoryVolume, openMemoryStore } from '../../../../lib/testing/memory-store';
import type { WriteBatch } from '../../../../lib/store/store';
import type { SealedChunk } from '../../../../lib/protocol/envelope/large/chunk';
import type { CodeWord } from '../../../../lib/protocol/codes';
import { later } from '../support/depositor';
import { outboxEntry } from '../support/entries';

const bob = new Uint8Array(32).fill(1);

/** Chunks are named by 100 and their index. */
function chunkOf(index: number): SealedChunk {
  return { envelope: new Uint8Array([100 + index]), storageId: new Uint8Array(16), tag: new Uint8Array(16) };
}

describe('direct delivery', () => {
  let time: SimulatedTime;
  let outbox: OutboxEntry[];
  /** Messages the friend was given, in order, by number. */
  let sent: number[];
  let answer: () => Promise<CodeWord>;
  /** How messages ended. */
  let ended: string[];
  let commit: (durable: () => Promise<void>) => Promise<void>;
  /** How often the dispatcher was asked to look. */
  let wakeups: number;
  /** Whether the friend was here each time that the dispatcher was asked to look at the friend. */
  let hereWhenWoken: boolean[];
  let errors: string[];
  let direct: DirectDelivery;
  /** Milliseconds by which timers run before their time. */
  let early: number;

  beforeEach(() => {
    time = new SimulatedTime();
    [outbox, sent, ended, wakeups, hereWhenWoken] = [[], [], [], 0, []];
    [errors, early] = [[], 0];
    answer = () => Promise.resolve('ok');
    commit = (durable) => durable();
    const store = openMemoryStore(new MemoryVolume());
    const batch = store.batch.bind(store);
    store.batch = () => committing(batch());
    direct = new DirectDelivery({
      network: {
        request: async (_friend, { envelope }) => {
          sent.push(envelope[0] ?? 0);
          return { kind: 'deliver-answer', request: 1, code: await answer() };
        },
      },
      store,
      clock: time.clock,
      timers: { after: (ms, run) => time.timers.after(ms - early, run) },
      outbox: {
        has: (message) => outbox.includes(message),
        envelope: ({ sequence }) => new Uint8Array([sequence]),
      },
      chunks: new ChunkProgress({ store, outbox: { entries: () => outbox } }),
      payloads: { chunk: (_entry, index) => chunkOf(index) },
      queues: new KeyedQueue(),
      completion: {
        answered: (writes, message, code, via) => {
          writes.afterCommit(() => {
            ended.push(`${code} ${via}`);
            outbox = outbox.filter((other) => other !== message);
          });
        },
      },
      wakeup: {
        friend: (friend) => {
          wakeups += 1;
          hereWhenWoken.push(direct.isHere(friend));
        },
        message: () => (wakeups += 1),
        places: () => undefined,
      },
      hooks: { onError: (error) => errors.push(String(error)) },
    });
  });

  /** The batch, with the commit of the test. */
  function committing(writes: WriteBatch): WriteBatch {
    const durable = writes.commit.bind(writes);
    writes.commit = () => commit(durable);
    return writes;
  }

  function add(sequence = 1, stored = false): OutboxEntry {
    const message = outboxEntry({ sequence, friend: bob, stored });
    outbox.push(message);
    return message;
  }

  const consider = (message: OutboxEntry) => direct.consider(message);

  function meet(): void {
    direct.open(bob);
    direct.ready(bob);
  }

  /** Whether the message is under way, or would be at once, and what was sent. */
  async function pass(message: OutboxEntry, ms = 0): Promise<[boolean, number]> {
    await time.advance(ms);
    sent = [];
    const takes = consider(message);
    await time.advance(1);
    return [takes, sent.length];
  }

  it('is none without a session; in one it waits for the list of live keys, and no node is asked until then', async () => {
    const message = add();
    assert.deepEqual(await pass(message), [false, 0]);
    direct.open(bob);
    assert.deepEqual([await pass(message), direct.isHere(bob)], [[true, 0], true]);
    direct.ready(bob);
    assert.deepEqual(await pass(message), [true, 1]);
    direct.close(bob);
    assert.deepEqual([await pass(add(2)), direct.isHere(bob)], [[false, 0], false]);
  });

  describe('while no list of live keys comes', () => {
    it('holds messages back for 10 s, then leaves them to the nodes until it comes', async () => {
      const message = add();
      direct.open(bob);
      assert.deepEqual(await pass(message, 9_990), [true, 0]);
      const before = wakeups;
      assert.deepEqual([await pass(message, 20), direct.isHere(bob)], [[false, 0], false]);
      assert.equal(wakeups, before + 1, 'the dispatcher looks again when the time is over');
      direct.ready(bob);
      assert.deepEqual([await pass(message), direct.isHere(bob)], [[true, 1], true]);
    });

    it('has the dispatcher look when the time is over, though a timer runs a moment early', async () => {
      early = 1;
      direct.open(bob);
      await time.advance(10_010);
      assert.deepEqual(hereWhenWoken, [false]);
    });

    it('waits 10 s after the last receipts, and 60 s in all', async () => {
      const message = add();
      direct.open(bob);
      for (let i = 0; i < 6; i++) {
        assert.deepEqual(await pass(message, 9_900), [true, 0]);
        direct.expectState(bob);
      }
      assert.deepEqual([await pass(message, 700), direct.isHere(bob)], [[false, 0], false]);
      direct.expectState(bob);
      assert.equal(direct.isHere(bob), false, 'receipts without end change nothing');
    });

    it('waits again in the next session, and leaves no timer behind', async () => {
      direct.open(bob);
      await time.advance(15_000);
      direct.open(bob);
      assert.equal(direct.isHere(bob), true);
      direct.close(bob);
      assert.equal(time.pendingTimers, 0);
    });
  });

  for (const [code, stored, end] of [
    ['ok', false, 'ok direct'],
    ['ok', true, 'ok direct'],
    ['known', true, 'known stored'],
    ['known', false, 'known direct'],
    ['forged', false, 'forged direct'],
    ['malformed', true, 'malformed direct'],
  ] as const) {
    it(`ends a message that ${stored ? 'a node has' : 'no node has'}, with the answer ${code}, as "${end}"`, async () => {
      meet();
      answer = () => Promise.resolve(code);
      await pass(add(1, stored));
      assert.deepEqual([ended, wakeups, errors], [[end], 1, []]);
    });
  }

  it('ends no message twice that another way ended already', async () => {
    meet();
    const slow = later<CodeWord>();
    answer = () => slow.promise;
    const message = add();
    await pass(message);
    assert.equal(direct.isUnderWay(message), true);
    outbox = [];
    slow.resolve('ok');
    await time.advance(1);
    assert.deepEqual(ended, []);
  });

  it('names what fails here, but not that the friend is silent or gone; each is tried again after 30 s', async () => {
    const failures: [() => void, string[]][] = [
      [() => (answer = () => Promise.reject(new ToxAsyncError('ErrTimeout', 'silent'))), []],
      [() => (answer = () => Promise.reject(new ToxAsyncError('ErrNotConnected', 'gone'))), []],
      [() => (answer = () => Promise.reject(new Error('a bug'))), ['Error: a bug']],
      [() => (commit = () => Promise.reject(new Error('disk full'))), ['Error: disk full']],
    ];
    for (const [fail, named] of failures) {
      [errors, ended] = [[], []];
      meet();
      const message = add();
      fail();
      assert.deepEqual(await pass(message), [true, 1]);
      assert.deepEqual([errors, ended], [named, []]);
      assert.equal(direct.isUnderWay(message), false);
      answer = () => Promise.resolve('ok');
      commit = (durable) => durable();
      assert.deepEqual(await pass(message, 29_990), [false, 0], 'nodes may be asked');
      assert.deepEqual(await pass(message, 10), [true, 1]);
      assert.deepEqual(ended, ['ok direct']);
    }
  });

  it('waits twice as long each time the friend is busy, up to ten minutes', async () => {
    meet();
    answer = () => Promise.resolve('busy');
    const message = add();
    await pass(message);
    for (const seconds of [30, 60, 120, 240, 480, 600, 600]) {
      assert.deepEqual(await pass(message, seconds * 1000 - 10), [false, 0], `${seconds}`);
      assert.deepEqual(await pass(message, 10), [true, 1], `${seconds}`);
    }
    assert.deepEqual([ended, errors], [[], []]);
  });

  it('forgets that in a new session', async () => {
    meet();
    answer = () => Promise.resolve('busy');
    const message = add();
    await pass(message);
    meet();
    assert.deepEqual(await pass(message), [true, 1]);
    assert.deepEqual(await pass(message, 29_990), [false, 0]);
  });

  describe('of what the friend has no key for', () => {
    let message: OutboxEntry;

    beforeEach(async () => {
      meet();
      answer = () => Promise.resolve('unknown-tag');
      message = add();
      await pass(message);
    });

    it('waits for the list of live keys, and asks no node until then', async () => {
      assert.deepEqual(await pass(message, 600_000), [true, 0]);
      assert.equal(direct.isUnderWay(message), false);
    });

    it('waits another 30 s when the list has the key all the same', async () => {
      direct.ready(bob);
      assert.deepEqual(await pass(message, 29_990), [false, 0]);
      assert.deepEqual(await pass(message, 20), [true, 1]);
    });

    it('goes on at once when the message is sealed to another key', async () => {
      direct.renew(message);
      direct.ready(bob);
      assert.deepEqual(await pass(message), [true, 1]);
    });
  });

  it('has 16 messages under way, and the next when one is answered', async () => {
    meet();
    const answers = Array.from({ length: 17 }, () => later<CodeWord>());
    let next = 0;
    answer = () => answers[next++]?.promise ?? Promise.resolve('ok');
    const messages = answers.map((_, i) => add(i + 1));
    assert.ok(messages.every(consider), 'no node is asked for the last');
    assert.equal(sent.length, 16);
    answers[3]?.resolve('ok');
    await time.advance(1);
    assert.equal(wakeups, 1);
    for (const message of outbox) consider(message);
    assert.deepEqual(sent.slice(16), [17]);
  });

  it('sends the next while the disk notes the answer, which counts only after that', async () => {
    meet();
    const disk = later<void>();
    commit = (durable) => disk.promise.then(durable);
    const messages = Array.from({ length: 17 }, (_, i) => add(i + 1));
    for (const message of messages) consider(message);
    assert.equal(sent.length, 16);
    await time.advance(1);
    for (const message of direct.turns()) consider(message);
    assert.deepEqual([sent.slice(16), ended.length, direct.isUnderWay(add(1))], [[17], 0, true]);
    for (const message of messages) consider(message);
    assert.equal(sent.length, 17, 'none goes twice');
    disk.resolve();
    await time.advance(1);
    assert.equal(ended.length, 17);
  });
});
