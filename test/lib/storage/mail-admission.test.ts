import assert from 'node:assert/strict';
import { ToxAsyncError } from '../../../lib/errors';
import { openLocalEngine } from '../../../lib/storage/local/local-engine';
import { MemoryVolume, openMemoryStore } from '../../../lib/testing/memory-store';
import { bytesOf } from '../../../lib/testing/engine/sample-mail';
import { alice, bob, carol, crypto, envelopeTo, mallory, openStorage } from './support/storage-fixture';
import { isCode } from '../../support/is-code';

describe('message storage', () => {
  describe('checks in the order of the protocol', () => {
    it('switched off, it takes nothing but still gives and deletes what it holds', async () => {
      const volume = new MemoryVolume();
      const on = openStorage({}, volume);
      const { storageId } = await on.storage.storeMessage(alice, envelopeTo(bob, 'before'), 100);
      volume.crash();
      const { storage } = openStorage({ role: 'off' }, volume);
      assert.equal((await storage.tryStore(alice, envelopeTo(bob, 'before'), 100)).code, 'off');
      await assert.rejects(storage.storeMessage(alice, envelopeTo(bob, 'x'), 100), isCode('ErrRefused'));
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
      await assert.rejects(
        storage.storeMessage(alice, new Uint8Array(5398), 1),
        isCode('ErrMessageTooLarge'),
      );
      await assert.rejects(storage.storeMessage(alice, new Uint8Array(286), 1), isCode('ErrMalformed'));
    });

    it('refuses an unknown version and a message without time left', async () => {
      const { storage } = openStorage();
      const other = envelopeTo(bob, 'x');
      other[0] = 2;
      assert.equal((await storage.tryStore(alice, other, 100)).code, 'bad-request');
      assert.equal((await storage.tryStore(alice, envelopeTo(bob, 'x'), 0)).code, 'bad-request');
      await assert.rejects(storage.storeMessage(alice, other, 100), isCode('ErrMalformed'));
      await assert.rejects(
        storage.storeMessage(alice, envelopeTo(bob, 'x'), 0.5),
        isCode('ErrMessageExpired'),
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
      await assert.rejects(storage.storeMessage(alice, envelopeTo(bob, 'z'), 1), isCode('ErrRateLimited'));
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
      await assert.rejects(storage.storeMessage(mallory, envelopeTo(bob, 'z'), 1), isCode('ErrStorageFull'));
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
});
