import assert from 'node:assert/strict';
import fc from 'fast-check';
import { toHex } from '../../../../lib/bytes';
import { ToxAsyncError } from '../../../../lib/errors';
import { mailboxOf } from '../../../../lib/protocol/names';
import {
  BLOCK_BYTES,
  decodeEntry,
  ENTRY_BYTES,
  entryAt,
  isSound,
} from '../../../../lib/storage/local/mail-records';
import { openLocalEngine } from '../../../../lib/storage/local/local-engine';
import { MemoryVolume, openMemoryStore } from '../../../../lib/testing/memory-store';
import { bytesOf, storageIdOfBytes } from '../../../../lib/testing/engine/sample-mail';
import {
  alice,
  bob,
  carol,
  crypto,
  envelopeTo,
  mallory,
  openStorage,
  type StorageUnderTest,
} from '../support/storage-fixture';

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

describe('stored mail that the disk spoiled', () => {
  let volume: MemoryVolume;
  let under: StorageUnderTest;
  const spoiled = envelopeTo(bob, 'spoiled', 1534);
  const healthy = envelopeTo(bob, 'healthy');

  beforeEach(async () => {
    volume = new MemoryVolume();
    under = openStorage({}, volume);
    await under.storage.storeMessage(alice, spoiled, 100);
    await under.storage.storeMessage(alice, healthy, 100);
  });

  it('is not found, in place of being served changed, and the rest of the mailbox is', async () => {
    flipBit(volume, find(volume, '~'), 999);
    await assert.rejects(under.storage.getMessage(bob, storageIdOfBytes(spoiled)), (error) =>
      ToxAsyncError.is(error, 'ErrMessageNotFound'),
    );
    assert.deepEqual(await served(under, bob), [toHex(healthy)]);
  });

  it('is taken again from the next deposit, which is not answered "known"', async () => {
    flipBit(volume, find(volume, '~'), 999);
    assert.equal((await under.storage.tryStore(carol, spoiled, 100)).code, 'ok');
    assert.deepEqual((await served(under, bob)).sort(), [toHex(healthy), toHex(spoiled)].sort());
    assert.equal(under.storage.getStorageStats().totalMessages, 2);
  });

  it('is found by its envelope when its entry is spoiled, before and after a restart', async () => {
    await fill(50);
    for (const n of [0, 1]) {
      const envelopes = await served(under, bob);
      assert.deepEqual(envelopes, [toHex(spoiled), toHex(healthy)]);
      assert.equal((await under.storage.tryStore(carol, spoiled, 100)).code, 'known');
      const block = find(volume, 'mi/');
      flipBit(volume, block, 8 * (ENTRY_BYTES + 4 + n));
      assert.deepEqual(await served(under, bob), envelopes);
      under = await under.restart();
    }
    // Written down again with the next wave.
    await under.storage.storeMessage(alice, envelopeTo(carol, 'another'), 100);
    assert.ok(decodeEntry(firstBlock(), 1));
  });

  it('is listed on when only the CRC of its block is spoiled, which is then recomputed', async () => {
    await fill(50);
    flipBit(volume, find(volume, 'mi/'), 8 * (BLOCK_BYTES - 1));
    assert.equal(isSound(firstBlock(), 0), false);
    under = await under.restart();
    assert.deepEqual(await served(under, bob), [toHex(spoiled), toHex(healthy)]);
    await under.storage.storeMessage(alice, envelopeTo(carol, 'another'), 100);
    assert.ok(isSound(firstBlock(), 0));
  });

  it('is found by its envelope also after its block was changed and written with the damage in it', async () => {
    const others = await fill(50);
    flipBit(volume, firstBlockKey(), 8 * (ENTRY_BYTES + 4));
    await under.storage.deleteMessage(storageIdOfBytes(others[0] ?? assert.fail()), carol);
    assert.ok(isSound(firstBlock(), 0));
    assert.deepEqual(await served(under, bob), [toHex(spoiled), toHex(healthy)]);
    under = await under.restart();
    assert.deepEqual(await served(under, bob), [toHex(spoiled), toHex(healthy)]);
    assert.equal((await served(under, carol)).length, 49);
  });

  it('is found by its envelope when a whole block is lost', async () => {
    await fill(200);
    const before = under.storage.getStorageStats();
    volume.index.apply([[find(volume, 'mi/'), undefined]]);
    under = await under.restart();
    assert.deepEqual(await served(under, bob), [toHex(spoiled), toHex(healthy)]);
    assert.deepEqual({ ...under.storage.getStorageStats(), refusals: before.refusals }, before);
  });

  const all = Array.from({ length: 48 }, (_, bit) => bit);
  for (const bits of [[1], [20], [31], [32], [40], [44], [46], [47], [0, 32], [45, 47], all])
    it(`is found by its envelope when ${bits === all ? 'all bits' : `bits ${bits.join()}`} of its block's key are spoiled, which goes with the next wave`, async () => {
      await fill(200);
      const before = under.storage.getStorageStats();
      const [key, block] = [find(volume, 'mi/'), firstBlock()];
      const wrong = key.slice();
      for (const bit of bits) {
        const at = wrong.length - 1 - (bit >> 3);
        wrong[at] = (wrong[at] ?? 0) ^ (1 << (bit & 7));
      }
      volume.index.apply([
        [key, undefined],
        [wrong, block],
      ]);
      under = await under.restart();
      assert.deepEqual(await served(under, bob), [toHex(spoiled), toHex(healthy)]);
      assert.deepEqual({ ...under.storage.getStorageStats(), refusals: before.refusals }, before);
      assert.equal((await under.storage.tryStore(alice, envelopeTo(mallory, 'new'), 100)).code, 'ok');
      assert.deepEqual(volume.index.get(key), block);
      assert.ok(toHex(volume.index.get(wrong) ?? bytesOf('none')) !== toHex(block));
    });

  it('comes back in its place: in the order of arrival', async () => {
    const envelopes = Array.from({ length: 120 }, (_, n) => envelopeTo(mallory, `${n}`));
    for (const one of envelopes) await under.storage.storeMessage(n(one), one, 100);
    function n(one: Uint8Array): Uint8Array {
      return envelopes.indexOf(one) % 2 ? alice : bob;
    }
    const [first, second] = recordsOf(volume).filter(([key]) => startsWith('mi/')(key));
    assert.ok(first && second);
    volume.index.apply([[first[0], undefined]]);
    under = await under.restart();
    const listed: string[] = [];
    for (let cursor = 0, more = true; more;) {
      const page = await under.storage.retrieveMessages(mallory, cursor, 50);
      listed.push(...page.items.map(({ storageId }) => toHex(storageId)));
      cursor = page.items.at(-1)?.cursor ?? cursor;
      more = page.more;
    }
    assert.deepEqual(
      listed,
      envelopes.map((one) => toHex(storageIdOfBytes(one))),
    );
  });

  it('is deleted with the next sweep when envelope and entry are spoiled', async () => {
    await fill(50);
    flipBit(volume, find(volume, '~'), 8 * 40);
    flipBit(volume, find(volume, 'mi/'), 8 * (ENTRY_BYTES + 4));
    under = await under.restart();
    assert.deepEqual(await served(under, bob), [toHex(healthy)]);
    assert.equal(await under.storage.cleanupExpiredMessages(), 1);
    const parts = recordsOf(volume).filter(([key]) => startsWith('~')(key)).length;
    assert.equal(parts, 51);
    assert.ok(
      firstBlock()
        .subarray(entryAt(1), entryAt(2))
        .every((byte) => byte === 0),
    );
    assert.ok(isSound(firstBlock(), 0));
    assert.equal(await under.storage.cleanupExpiredMessages(), 0);
  });

  it('does not keep other mail from its end', async () => {
    for (const [key] of recordsOf(volume)
      .filter(([key]) => startsWith('~')(key))
      .slice(0, 1))
      flipBit(volume, key, 8 * 20);
    await under.time.advance(100_000);
    assert.equal(await under.storage.cleanupExpiredMessages(), 2);
    const left = recordsOf(volume).filter(([key]) => startsWith('~')(key) || startsWith('mi/')(key));
    assert.deepEqual(left, []);
  });

  it('is recounted when the totals are spoiled', async () => {
    await under.storage.storeMessage(alice, envelopeTo(carol, 'other'), 100);
    const totals = await openEngine().stats();
    flipBit(volume, find(volume, 'mt/'), 3);
    const engine = openEngine();
    assert.deepEqual(await engine.stats(), totals);
    const mailbox = mailboxOf(crypto, bob);
    assert.equal(engine.countInMailbox(mailbox), 2);
    const envelope = envelopeTo(bob, 'one');
    const storageId = storageIdOfBytes(envelope);
    await engine.put({ mailbox, storageId, submitter: bytesOf('x', 16), envelope, keepSeconds: 9 });
    assert.equal((await engine.page(mailbox, 0, 9)).items.length, 3);
    await engine.delete(mailbox, storageId);
    assert.deepEqual(await openEngine().stats(), totals);
  });

  it('whatever bit it is, nothing but that message is lost, nothing is served changed and nothing fails', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), fc.boolean(), async (which, bit, lost) => {
        const disk = new MemoryVolume();
        let node = openStorage({}, disk);
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
        // The next deposit makes it whole.
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

  const firstBlockKey = () => find(volume, 'mi/');
  const firstBlock = () => volume.index.get(firstBlockKey()) ?? assert.fail();

  /** So much other mail that the entries of the first lie in a block. */
  async function fill(messages: number): Promise<Uint8Array[]> {
    const envelopes = Array.from({ length: messages }, (_, n) => envelopeTo(carol, `${n}`));
    for (const [n, envelope] of envelopes.entries()) {
      const { code } = await under.storage.tryStore(n % 2 ? alice : mallory, envelope, 100);
      assert.equal(code, 'ok');
    }
    return envelopes;
  }

  function openEngine() {
    volume.crash();
    return openLocalEngine({ store: openMemoryStore(volume), crypto, ages: { now: () => 0 } });
  }
});
