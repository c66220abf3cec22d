import assert from 'node:assert/strict';
import fc from 'fast-check';
import { toHex } from '../../../lib/bytes';
import { ToxAsyncError } from '../../../lib/errors';
import { mailboxOf } from '../../../lib/protocol/names';
import { openStoreEngine } from '../../../lib/storage/store-engine';
import { MemoryVolume, openMemoryStore } from '../../../lib/store/memory-store';
import { bytesOf, storageIdOfBytes } from './fixtures';
import { alice, bob, carol, crypto, envelopeTo, openStorage, type StorageUnderTest } from './storage-fixture';

const EVERYTHING = { gte: new Uint8Array([0]), lt: new Uint8Array([0xff]) };
const recordsOf = (volume: MemoryVolume) => [...volume.index.range(EVERYTHING)];
const startsWith = (prefix: string) => (key: Uint8Array) =>
  Buffer.from(key.subarray(0, prefix.length)).toString('latin1') === prefix;

/** Changes one bit of the value of a record, as a failing disk does; the key may be spoiled as well. */
function flipBit(volume: MemoryVolume, key: Uint8Array, bit: number): void {
  const value = volume.index.get(key)?.slice();
  assert.ok(value);
  const at = bit % (value.length * 8);
  value[at >> 3] = (value[at >> 3] ?? 0) ^ (1 << (at & 7));
  volume.index.apply([[key, value]]);
}

function find(volume: MemoryVolume, prefix: string): Uint8Array {
  const found = recordsOf(volume).find(([key]) => startsWith(prefix)(key));
  assert.ok(found);
  return found[0];
}

async function served({ storage }: StorageUnderTest, recipient: Uint8Array): Promise<string[]> {
  const { items } = await storage.retrieveMessages(recipient);
  const envelopes: string[] = [];
  for (const { storageId } of items) {
    try {
      envelopes.push(toHex((await storage.getMessage(recipient, storageId)).envelope));
    } catch (error) {
      assert.ok(ToxAsyncError.is(error, 'ErrMessageNotFound'), String(error));
    }
  }
  return envelopes;
}

for (const index of [undefined, { mostRecent: 1, movedAtOnce: 1 }])
  describe(`stored mail that the disk spoiled${index ? ', moved to the index' : ''}`, () => {
    const options = index ? { index } : {};
    /** Of the record that lists a message. */
    const listing = index ? 'mi/' : 'mr/';
    let volume: MemoryVolume;
    let under: StorageUnderTest;
    const spoiled = envelopeTo(bob, 'spoiled', 1534);
    const healthy = envelopeTo(bob, 'healthy');

    beforeEach(async () => {
      volume = new MemoryVolume();
      under = openStorage(options, volume);
      await under.storage.storeMessage(alice, spoiled, 100);
      await under.storage.storeMessage(alice, healthy, 100);
    });

    it('is not found, in place of being served changed, and the rest of the mailbox is', async () => {
      flipBit(volume, find(volume, '~e/'), 999);
      await assert.rejects(under.storage.getMessage(bob, storageIdOfBytes(spoiled)), (error) =>
        ToxAsyncError.is(error, 'ErrMessageNotFound'),
      );
      assert.deepEqual(await served(under, bob), [toHex(healthy)]);
    });

    it('is taken again from the next deposit, which is not answered "known"', async () => {
      flipBit(volume, find(volume, '~e/'), 999);
      assert.equal((await under.storage.tryStore(carol, spoiled, 100)).code, 'ok');
      assert.deepEqual((await served(under, bob)).sort(), [toHex(healthy), toHex(spoiled)].sort());
      assert.equal(under.storage.getStorageStats().totalMessages, 2);
    });

    it('is not listed when its entry is spoiled, nor a reason to list nothing', async () => {
      flipBit(volume, find(volume, listing), 40);
      under = await under.restart();
      assert.deepEqual(await served(under, bob), [toHex(healthy)]);
      assert.equal((await under.storage.tryStore(carol, spoiled, 100)).code, 'ok');
      assert.equal((await served(under, bob)).length, 2);
    });

    it('does not keep other mail from its end', async () => {
      for (const [key] of recordsOf(volume)
        .filter(([key]) => startsWith('~e/')(key))
        .slice(0, 1))
        flipBit(volume, key, 8 * 20);
      await under.time.advance(100_000);
      assert.equal(await under.storage.cleanupExpiredMessages(), 2);
      const left = recordsOf(volume).filter(([key]) => startsWith('~e/')(key) || startsWith('mx/')(key));
      assert.deepEqual(left, []);
    });

    it('is counted anew when a count is spoiled', async () => {
      await under.storage.storeMessage(alice, envelopeTo(carol, 'other'), 100);
      const totals = openStoreEngine({ store: openAgain(), ages: { now: () => 0 } }).stats();
      for (const prefix of ['mt/', 'ms/']) {
        flipBit(volume, find(volume, prefix), 3);
        const engine = openStoreEngine({ store: openAgain(), ages: { now: () => 0 } });
        assert.deepEqual(engine.stats(), totals);
        assert.equal(engine.countInMailbox(mailboxOf(crypto, bob)), 2);
        const one = envelopeTo(bob, prefix);
        const mailbox = mailboxOf(crypto, bob);
        const submitter = bytesOf('x', 16);
        const storageId = storageIdOfBytes(one);
        await engine.put({ mailbox, storageId, submitter, envelope: one, keepSeconds: 9 });
        await engine.delete(mailbox, storageId);
        // Written down: the next start reads counts that are sound.
        assert.deepEqual(openStoreEngine({ store: openAgain(), ages: { now: () => 0 } }).stats(), totals);
      }
    });

    it('whatever bit it is, nothing but that message is lost, nothing is served changed and nothing fails', async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat(), fc.nat(), fc.boolean(), async (which, bit, lost) => {
          const disk = new MemoryVolume();
          let node = openStorage(options, disk);
          const envelopes = Array.from({ length: 6 }, (_, n) => envelopeTo(bob, `${n}`, n % 2 ? 287 : 1311));
          for (const one of envelopes) await node.storage.storeMessage(alice, one, 100);
          const all = recordsOf(disk);
          const [key] = all[which % all.length] ?? assert.fail();
          if (lost) disk.index.apply([[key, undefined]]);
          else flipBit(disk, key, bit);
          node = await node.restart();
          const original = envelopes.map(toHex);
          const first = await served(node, bob);
          assert.ok(first.every((one) => original.includes(one)));
          assert.ok(first.length >= 5, `${first.length} of 6 are left`);
          const another = envelopeTo(carol, 'another');
          assert.equal((await node.storage.tryStore(alice, another, 100)).code, 'ok');
          assert.deepEqual(await served(node, bob), first);
          assert.deepEqual(await served(node, carol), [toHex(another)]);
          // Whoever deposits again makes it whole.
          for (const one of envelopes) {
            assert.ok(['ok', 'known'].includes((await node.storage.tryStore(alice, one, 100)).code));
          }
          assert.deepEqual([...new Set(await served(node, bob))].sort(), original.sort());
          assert.ok(node.storage.getStorageStats().totalMessages <= 8);
          await node.time.advance(101_000);
          await node.storage.cleanupExpiredMessages();
          assert.deepEqual(await served(node, bob), []);
          assert.equal((await node.storage.tryStore(alice, envelopeTo(bob, 'later'), 100)).code, 'ok');
          assert.equal((await served(node, bob)).length, 1);
        }),
        { numRuns: process.env.FULL === '1' ? 5000 : 300 },
      );
    });

    function openAgain() {
      volume.crash();
      return openMemoryStore(volume);
    }
  });
