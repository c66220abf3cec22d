import assert from 'node:assert/strict';
import { type ErrorCode, ToxAsyncError } from '../../../lib/errors';
import { SimulatedTime } from '../../../lib/testing/simulated-platform';
import { openLocalEngine } from '../../../lib/storage/local/local-engine';
import { MemoryVolume, openMemoryStore } from '../../../lib/testing/memory-store';
import { bytesOf, storageIdOfBytes } from '../../../lib/testing/engine/sample-mail';
import { alice, bob, carol, crypto, envelopeTo, mallory, openStorage } from './support/storage-fixture';

const DAY = 24 * 60 * 60;
const fails = (code: ErrorCode) => (error: unknown) => ToxAsyncError.is(error, code);

describe('message storage', () => {
  it('stores mail for a friend and gives it back to that friend', async () => {
    const { storage } = openStorage();
    const envelope = envelopeTo(bob, 'hello');
    const stored = await storage.storeMessage(alice, envelope, 3600);
    assert.deepEqual(stored, {
      code: 'ok',
      storageId: storageIdOfBytes(envelope),
      kept: 3600,
      recipient: bob,
    });
    const { items, more } = await storage.retrieveMessages(bob);
    assert.deepEqual([items.length, more], [1, false]);
    const mail = await storage.getMessage(bob, stored.storageId);
    assert.deepEqual(mail.envelope, envelope);
  });

  it('keeps mail for at most 24 h, however long the message lives', async () => {
    const { storage, time } = openStorage();
    const { kept, storageId } = await storage.storeMessage(alice, envelopeTo(bob, 'long'), 14 * DAY);
    assert.equal(kept, DAY);
    await time.advance((DAY - 1) * 1000);
    assert.equal((await storage.getMessage(bob, storageId)).remaining, 1);
    await time.advance(1000);
    await assert.rejects(storage.getMessage(bob, storageId), fails('ErrMessageNotFound'));
  });

  it('does not keep mail longer than its message lives', async () => {
    const { storage, time } = openStorage();
    const { kept } = await storage.storeMessage(alice, envelopeTo(bob, 'short'), 60);
    assert.equal(kept, 60);
    await time.advance(60_000);
    assert.deepEqual((await storage.retrieveMessages(bob)).items, []);
  });

  it('answers "known" to a further deposit, keeps one record and restarts its time and age', async () => {
    const { storage, time } = openStorage();
    const envelope = envelopeTo(bob, 'again');
    await storage.storeMessage(alice, envelope, DAY);
    await time.advance(DAY * 500);
    const again = await storage.storeMessage(carol, envelope, 2 * DAY);
    assert.deepEqual([again.code, again.kept], ['known', DAY]);
    const { items } = await storage.retrieveMessages(bob);
    assert.deepEqual([items.length, items[0]?.age], [1, 0]);
    assert.equal(storage.getStorageStats().totalMessages, 1);
  });

  it('never shortens the keeping time by a further deposit', async () => {
    const { storage } = openStorage();
    const envelope = envelopeTo(bob, 'again');
    await storage.storeMessage(alice, envelope, 1000);
    assert.equal((await storage.storeMessage(alice, envelope, 10)).kept, 1000);
  });

  it('makes one record of deposits that arrive at once', async () => {
    const { storage } = openStorage();
    const envelope = envelopeTo(bob, 'together');
    const answers = await Promise.all(
      [alice, carol, alice, alice].map((from) => storage.tryStore(from, envelope, 100)),
    );
    assert.deepEqual(
      answers.map((answer) => answer.code),
      ['ok', 'known', 'known', 'known'],
    );
    assert.equal(storage.getStorageStats().totalMessages, 1);
  });

  it('tells a mailbox of nobody it knows from one of a friend, and follows the list of friends', async () => {
    const { storage } = openStorage({ friends: [alice] });
    const envelope = envelopeTo(bob, 'hello');
    await assert.rejects(storage.storeMessage(alice, envelope, 100), fails('ErrInvalidRecipient'));
    storage.setFriends([alice, bob]);
    await storage.storeMessage(alice, envelope, 100);
    storage.setFriends([alice]);
    assert.equal((await storage.tryStore(alice, envelopeTo(bob, 'later'), 100)).code, 'no-mailbox');
    assert.equal(storage.countWaiting(bob), 1);
  });

  it('gives nobody the mail of another', async () => {
    const { storage } = openStorage();
    const { storageId } = await storage.storeMessage(alice, envelopeTo(bob, 'private'), 100);
    assert.deepEqual((await storage.retrieveMessages(mallory)).items, []);
    await assert.rejects(storage.getMessage(mallory, storageId), fails('ErrMessageNotFound'));
    await assert.rejects(storage.deleteMessage(storageId, mallory), fails('ErrMessageNotFound'));
    assert.equal(storage.countWaiting(bob), 1);
    await storage.deleteMessage(storageId, bob);
    assert.equal(storage.countWaiting(bob), 0);
  });

  it('tells how much mail in a mailbox is of one submitter', async () => {
    const { storage } = openStorage();
    for (const text of ['one', 'two']) await storage.storeMessage(alice, envelopeTo(bob, text), 100);
    await storage.storeMessage(carol, envelopeTo(bob, 'three'), 100);
    assert.deepEqual(
      [undefined, alice, carol, mallory].map((submitter) => storage.countWaiting(bob, submitter)),
      [3, 2, 1, 0],
    );
  });

  it('pages through a mailbox with a cursor', async () => {
    const { storage } = openStorage();
    for (let n = 0; n < 5; n++) await storage.storeMessage(alice, envelopeTo(bob, `${n}`), 100);
    const first = await storage.retrieveMessages(bob, 0, 3);
    const rest = await storage.retrieveMessages(bob, first.items.at(-1)?.cursor);
    assert.deepEqual([first.items.length, first.more, rest.items.length, rest.more], [3, true, 2, false]);
  });

  it('refuses a recipient that is no public key', async () => {
    const { storage } = openStorage();
    await assert.rejects(storage.retrieveMessages(bob.slice(1)), fails('ErrInvalidRecipient'));
  });

  describe('checks in the order of the protocol', () => {
    it('switched off, it takes nothing but still gives and deletes what it holds', async () => {
      const volume = new MemoryVolume();
      const on = openStorage({}, volume);
      const { storageId } = await on.storage.storeMessage(alice, envelopeTo(bob, 'before'), 100);
      volume.crash();
      const { storage } = openStorage({ role: 'off' }, volume);
      assert.equal((await storage.tryStore(alice, envelopeTo(bob, 'before'), 100)).code, 'off');
      await assert.rejects(storage.storeMessage(alice, envelopeTo(bob, 'x'), 100), fails('ErrRefused'));
      assert.equal((await storage.retrieveMessages(bob)).items.length, 1);
      await storage.getMessage(bob, storageId);
      await storage.deleteMessage(storageId, bob);
    });

    it('takes the five sizes and no other', async () => {
      const { storage } = openStorage();
      for (const size of [287, 543, 1311, 1534, 5397]) {
        assert.equal((await storage.tryStore(alice, envelopeTo(bob, `${size}`, size), 100)).code, 'ok');
      }
      for (const size of [150, 286, 288, 1535, 5396, 5398]) {
        assert.equal((await storage.tryStore(alice, envelopeTo(bob, 'x', size), 100)).code, 'bad-request');
      }
      await assert.rejects(storage.storeMessage(alice, new Uint8Array(5398), 1), fails('ErrMessageTooLarge'));
      await assert.rejects(storage.storeMessage(alice, new Uint8Array(286), 1), fails('ErrMalformed'));
    });

    it('refuses an unknown version and a message without time left', async () => {
      const { storage } = openStorage();
      const other = envelopeTo(bob, 'x');
      other[0] = 2;
      assert.equal((await storage.tryStore(alice, other, 100)).code, 'bad-request');
      assert.equal((await storage.tryStore(alice, envelopeTo(bob, 'x'), 0)).code, 'bad-request');
      await assert.rejects(storage.storeMessage(alice, other, 100), fails('ErrMalformed'));
      await assert.rejects(
        storage.storeMessage(alice, envelopeTo(bob, 'x'), 0.5),
        fails('ErrMessageExpired'),
      );
    });

    it('looks at the size before the mailbox, and at the mailbox before the rate', async () => {
      const { storage } = openStorage({ limits: { storeBurst: 0 } });
      const nobody = bytesOf('nobody');
      assert.equal((await storage.tryStore(alice, envelopeTo(nobody, 'x', 300), 1)).code, 'bad-request');
      assert.equal((await storage.tryStore(alice, envelopeTo(nobody, 'x'), 1)).code, 'no-mailbox');
      assert.equal((await storage.tryStore(alice, envelopeTo(bob, 'x'), 1)).code, 'rate');
    });

    it('answers "known" before it looks at the rate and at any share', async () => {
      const { storage } = openStorage({
        limits: { storeBurst: 1, maxMessagesPerRecipient: 1 },
        hasRoom: () => storage.countWaiting(bob) === 0,
      });
      const envelope = envelopeTo(bob, 'x');
      assert.equal((await storage.tryStore(alice, envelope, 100)).code, 'ok');
      assert.equal((await storage.tryStore(alice, envelope, 100)).code, 'known');
      assert.equal((await storage.tryStore(alice, envelopeTo(bob, 'y'), 100)).code, 'rate');
    });

    it('looks at the rate before the mailbox share, and at that before the share of the node', async () => {
      const limits = { storeBurst: 3, maxMessagesPerRecipient: 2, guaranteedPart: 0, restPartEach: 0.2 };
      const { storage } = openStorage({ limits, room: { messages: 10 } });
      const codes: string[] = [];
      for (let n = 0; n < 4; n++) {
        codes.push((await storage.tryStore(alice, envelopeTo(bob, `${n}`), 100)).code);
      }
      assert.deepEqual(codes, ['ok', 'ok', 'mailbox-share', 'rate']);
    });
  });

  describe('rate', () => {
    it('takes 400 at once and 20 a second after that, and says how long to wait', async () => {
      const room = { messages: 100_000 };
      const { storage, time } = openStorage({ limits: { maxMessagesPerRecipient: 1000 }, room });
      const store = async (n: number) => storage.tryStore(alice, envelopeTo(bob, `${n}`), 100);
      const burst = await Promise.all(Array.from({ length: 401 }, (_, n) => store(n)));
      assert.equal(burst.filter(({ code }) => code === 'ok').length, 400);
      assert.deepEqual(burst[400], { code: 'rate', storageId: burst[400]?.storageId, wait: 1 });
      await time.advance(1000);
      const next = await Promise.all(Array.from({ length: 30 }, (_, n) => store(500 + n)));
      assert.equal(next.filter(({ code }) => code === 'ok').length, 20);
      await assert.rejects(storage.storeMessage(alice, envelopeTo(bob, 'z'), 1), fails('ErrRateLimited'));
    });

    it('is one submitter’s own: others are not slowed', async () => {
      const { storage } = openStorage({ limits: { storeBurst: 1 } });
      assert.equal((await storage.tryStore(mallory, envelopeTo(bob, '1'), 1)).code, 'ok');
      assert.equal((await storage.tryStore(mallory, envelopeTo(bob, '2'), 1)).code, 'rate');
      assert.equal((await storage.tryStore(alice, envelopeTo(bob, '3'), 1)).code, 'ok');
    });
  });

  describe('share of a mailbox', () => {
    it('is 100 messages of each submitter, so that no flooder closes it to the others', async () => {
      const { storage } = openStorage();
      const flood = await Promise.all(
        Array.from({ length: 150 }, (_, n) => storage.tryStore(mallory, envelopeTo(bob, `${n}`), 100)),
      );
      const taken = flood.filter(({ code }) => code === 'ok').length;
      assert.equal(taken, 100);
      assert.equal(flood.at(-1)?.code, 'mailbox-share');
      assert.equal((await storage.tryStore(mallory, envelopeTo(carol, 'elsewhere'), 100)).code, 'ok');
      assert.equal((await storage.tryStore(alice, envelopeTo(bob, 'mine'), 100)).code, 'ok');
      await assert.rejects(storage.storeMessage(mallory, envelopeTo(bob, 'z'), 1), fails('ErrStorageFull'));
    });

    it('has 60 places for the chunks of large messages, and keeps the others free', async () => {
      const { storage } = openStorage({ room: { messages: 100_000 } });
      const store = async (from: Uint8Array, to: Uint8Array, n: number, size?: number) =>
        (await storage.tryStore(from, envelopeTo(to, `${n}`, size), 100)).code;
      const codes: string[] = [];
      for (let n = 0; n < 61; n++) codes.push(await store(alice, bob, n, 5397));
      assert.deepEqual([...new Set(codes.slice(0, 60))], ['ok']);
      assert.equal(codes[60], 'mailbox-share');
      assert.equal(await store(alice, bob, 0, 5397), 'known');
      assert.equal(await store(alice, carol, 0, 5397), 'ok');
      assert.equal(await store(mallory, bob, 100, 5397), 'ok');
      // The short end of a large message counts as any other.
      for (let n = 0; n < 40; n++) assert.equal(await store(alice, bob, n, 1534), 'ok');
      assert.equal(await store(alice, bob, 40, 1534), 'mailbox-share');
    });

    it('does not count mail whose time is over, though no sweep came by yet', async () => {
      const { storage, time } = openStorage({ limits: { maxMessagesPerRecipient: 3 } });
      for (let n = 0; n < 3; n++) await storage.storeMessage(alice, envelopeTo(bob, `${n}`), 10);
      assert.equal((await storage.tryStore(alice, envelopeTo(bob, 'x'), 10)).code, 'mailbox-share');
      await time.advance(10_000);
      assert.equal((await storage.tryStore(alice, envelopeTo(bob, 'x'), 10)).code, 'ok');
    });
  });

  it('refuses when the local disk has no room', async () => {
    let hasRoom = false;
    const { storage } = openStorage({ hasRoom: () => hasRoom });
    assert.equal((await storage.tryStore(alice, envelopeTo(bob, 'x'), 10)).code, 'node-full');
    hasRoom = true;
    assert.equal((await storage.tryStore(alice, envelopeTo(bob, 'x'), 10)).code, 'ok');
  });

  it('answers "node-full" when the disk fills up during the write', async () => {
    const engine = openLocalEngine({
      crypto,
      store: openMemoryStore(new MemoryVolume()),
      ages: { now: () => 0 },
    });
    engine.put = () => Promise.reject(new ToxAsyncError('ErrLocalStorageFull', 'The disk is full.'));
    const { storage } = openStorage({ engine });
    assert.equal((await storage.tryStore(alice, envelopeTo(bob, 'x'), 10)).code, 'node-full');
  });

  it('keeps no name of a submitter on the disk, and another mark after each start', async () => {
    const marks: string[] = [];
    const volume = new MemoryVolume();
    const engine = openLocalEngine({ crypto, store: openMemoryStore(volume), ages: { now: () => 0 } });
    const put = engine.put.bind(engine);
    engine.put = (mail) => {
      marks.push(Buffer.from(mail.submitter).toString('hex'));
      return put(mail);
    };
    let under = openStorage({ engine });
    await under.storage.storeMessage(alice, envelopeTo(bob, '1'), 100);
    await under.storage.storeMessage(alice, envelopeTo(carol, '2'), 100);
    under = await under.restart();
    await under.storage.storeMessage(alice, envelopeTo(bob, '3'), 100);
    assert.equal(marks[0], marks[1]);
    assert.notEqual(marks[0], marks[2]);
    assert.equal(marks[0]?.length, 32);
  });

  describe('sweep', () => {
    it('deletes what is past its time in slices between which others work, and counts it', async () => {
      const { storage, time } = openStorage({ limits: { sweepSlice: 10 } });
      for (let n = 0; n < 25; n++) await storage.storeMessage(alice, envelopeTo(bob, `${n}`), 10);
      await storage.storeMessage(alice, envelopeTo(bob, 'kept'), 100);
      await time.advance(10_000);
      const sweep = storage.cleanupExpiredMessages();
      assert.equal(storage.cleanupExpiredMessages(), sweep);
      await new Promise<void>((resolve) => setImmediate(resolve));
      assert.equal(storage.getStorageStats().totalMessages, 16);
      await time.advance(100);
      assert.equal(await sweep, 25);
      assert.equal(storage.getStorageStats().totalMessages, 1);
    });

    it('asks its engine for at most 50 at a time, and lets a turn of the event loop pass between', async () => {
      const time = new SimulatedTime();
      const ages = { now: () => time.clock.monotonic() / 1000 };
      const engine = openLocalEngine({ crypto, store: openMemoryStore(new MemoryVolume()), ages });
      const slices: number[] = [];
      const expire = engine.expire.bind(engine);
      engine.expire = (max) => {
        slices.push(max);
        return expire(max);
      };
      const { storage } = openStorage({ engine }, new MemoryVolume(), time);
      await Promise.all(
        Array.from({ length: 130 }, (_, n) => {
          const from = n % 2 ? alice : carol;
          return storage.storeMessage(from, envelopeTo(bob, `${n}`), 10);
        }),
      );
      await time.advance(10_000);
      const sweep = storage.cleanupExpiredMessages();
      for (const turns of [1, 2, 3]) {
        await time.advance(0);
        assert.deepEqual(
          slices,
          Array.from({ length: turns }, () => 50),
        );
        await time.advance(1);
      }
      assert.equal(await sweep, 130);
    });

    it('is one slice at a time for all who wait for room', async () => {
      const time = new SimulatedTime();
      const ages = { now: () => time.clock.monotonic() / 1000 };
      const engine = openLocalEngine({ crypto, store: openMemoryStore(new MemoryVolume()), ages });
      const slices = { running: 0, most: 0, count: 0 };
      const expire = engine.expire.bind(engine);
      engine.expire = (max) => {
        slices.count += 1;
        slices.running += 1;
        slices.most = Math.max(slices.most, slices.running);
        return expire(max).finally(() => (slices.running -= 1));
      };
      const { storage } = openStorage({ engine }, new MemoryVolume(), time);
      const storeAll = (word: string) =>
        Promise.all(
          Array.from({ length: 150 }, (_, n) => storage.tryStore(alice, envelopeTo(bob, `${word} ${n}`), 10)),
        );
      const taken = (answers: Awaited<ReturnType<typeof storeAll>>) =>
        answers.filter(({ code }) => code === 'ok').length;
      assert.equal(taken(await storeAll('first')), 100);
      await time.advance(30_000);
      Object.assign(slices, { most: 0, count: 0 });
      assert.equal(taken(await storeAll('second')), 100);
      assert.equal(slices.most, 1);
      assert.ok(slices.count <= 4, `${slices.count} slices`);
    });

    it('ends after its slice when it is aborted', async () => {
      const { storage, time } = openStorage({ limits: { sweepSlice: 10 } });
      for (let n = 0; n < 25; n++) await storage.storeMessage(alice, envelopeTo(bob, `${n}`), 10);
      await time.advance(10_000);
      const stop = new AbortController();
      stop.abort();
      assert.equal(await storage.cleanupExpiredMessages(stop.signal), 10);
    });
  });

  it('tells what it holds, in messages and bytes, and refusals by reason', async () => {
    const { storage, time, capacity } = openStorage({ room: { messages: 100, bytes: 65_000 } });
    for (let n = 0; n < 10; n++) await storage.storeMessage(alice, envelopeTo(bob, `${n}`), 100);
    await time.advance(7000);
    await storage.tryStore(alice, envelopeTo(bytesOf('nobody'), 'x'), 100);
    assert.deepEqual(storage.getStorageStats(), {
      totalMessages: 10,
      bytes: 6500,
      storageCapacity: 100,
      capacityBytes: 65_000,
      utilization: 10,
      refusals: {
        off: 0,
        'bad-request': 0,
        'no-mailbox': 1,
        rate: 0,
        'mailbox-share': 0,
        'node-share': 0,
        'node-full': 0,
      },
    });
    const inEngine = await storage.getEngineStats();
    assert.deepEqual(inEngine, { messages: 10, bytes: 10 * 287, mailboxes: 1, oldestAge: 7 });
    assert.equal(storage.getMaxCapacity(), 100);
    capacity.bytes = 13_000;
    assert.equal(storage.getStorageUtilization(), 50);
    await storage.updateCapacity();
    assert.equal(capacity.updates, 1);
  });
});
