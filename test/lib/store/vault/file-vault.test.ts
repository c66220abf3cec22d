import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import { ToxAsyncError } from '../../../../lib/errors';
import type { FileVault } from '../../../../lib/store/vault/file-vault';
import type { SlotRef } from '../../../../lib/store/vault/secret-vault';
import { VaultBench } from '../support/vault-bench';
import { allocateSlot } from '../../../../lib/store/vault/slot-box';

describe('the vault', () => {
  let bench: VaultBench;
  let vault: FileVault;

  beforeEach(async () => {
    bench = new VaultBench();
    vault = await bench.open();
    await bench.idle();
  });

  describe('allocating', () => {
    it('gives distinct secrets of 32 bytes with rising serials, and reads them back', async () => {
      const secrets = [
        ...(await vault.allocate(3)),
        ...(await vault.allocate(30)),
        await allocateSlot(vault),
      ];
      assert.equal(new Set(secrets.map(({ secret }) => toHex(secret))).size, 34);
      assert.equal(new Set(secrets.map(({ ref }) => ref.slot)).size, 34);
      secrets.reduce((before, { ref, secret }) => {
        assert.equal(secret.length, 32);
        assert.ok(ref.serial > before);
        assert.deepEqual(vault.read(ref), secret);
        return ref.serial;
      }, 0);
      assert.deepEqual(await vault.allocate(0), []);
    });

    it('gives copies that the caller may wipe', async () => {
      const { ref, secret } = await allocateSlot(vault);
      const expected = toHex(secret);
      secret.fill(0);
      vault.read(ref)?.fill(0);
      assert.equal(toHex(vault.read(ref) ?? secret), expected);
    });

    it('costs no sync while prepared secrets last, and prepares more by itself', async () => {
      const before = bench.disk.syncs;
      await vault.allocate(4);
      assert.equal(bench.disk.syncs, before);
      await vault.allocate(1);
      await bench.idle();
      assert.equal(bench.disk.syncs, before + 1);
      await vault.allocate(8);
      assert.equal(bench.disk.syncs, before + 1);
    });

    it('has at most 256 secrets ready, and gives those of a copy away within the next 256', async () => {
      await vault.close();
      vault = await bench.open({ prepared: 256 });
      await bench.idle();
      const used = new Set<string>();
      const use = async (count: number) => {
        for (let n = 0; n < count; n += 1) used.add(toHex((await allocateSlot(vault)).secret));
        await bench.idle();
      };
      await use(300);
      const before = new Set(used);
      const copy = await bench.file();
      await use(256);
      const readable = [...used].filter((secret) => !before.has(secret) && copy.includes(secret, 0, 'hex'));
      assert.ok(readable.length > 100 && readable.length <= 256, `${readable.length} in the copy`);
      const known = used.size;
      await use(300);
      const later = [...used].slice(known).filter((secret) => copy.includes(secret, 0, 'hex'));
      assert.deepEqual(later, []);
    });

    it('costs one sync beyond the prepared ones, and is durable when it resolves', async () => {
      const before = bench.disk.syncs;
      const secrets = await vault.allocate(20);
      assert.equal(bench.disk.syncs, before + 1);
      bench.crash();
      vault = await bench.open();
      for (const { ref, secret } of secrets) assert.deepEqual(vault.read(ref), secret);
    });

    it('reserves serials by the thousand, so that it seldom writes to the store', async () => {
      let commits = 0;
      const batch = bench.store.batch.bind(bench.store);
      bench.store.batch = () => {
        commits += 1;
        return batch();
      };
      await vault.close();
      vault = await bench.open();
      for (let i = 0; i < 50; i++) await vault.allocate(20);
      assert.ok(commits <= 3);
    });

    it('serves callers at the same time without giving one secret twice', async () => {
      const all = await Promise.all([5, 20, 1, 3, 40].map((count) => vault.allocate(count)));
      assert.deepEqual(
        all.map((secrets) => secrets.length),
        [5, 20, 1, 3, 40],
      );
      assert.equal(new Set(all.flat().map(({ ref }) => ref.slot)).size, 69);
    });

    it('throws a typed error on a full and on a broken disk, and works again afterwards', async () => {
      bench.disk.failing = 'ENOSPC';
      await assert.rejects(vault.allocate(20), (error) => ToxAsyncError.is(error, 'ErrLocalStorageFull'));
      bench.disk.failing = 'EIO';
      await assert.rejects(vault.allocate(20), (error) => ToxAsyncError.is(error, 'ErrStore'));
      assert.equal((await vault.allocate(8)).length, 8);
      await bench.idle();
      bench.disk.failing = undefined;
      const secrets = await vault.allocate(20);
      for (const { ref, secret } of secrets) assert.deepEqual(vault.read(ref), secret);
    });

    it('refuses a number that is none', async () => {
      for (const count of [-1, 1.5, Number.NaN]) {
        await assert.rejects(vault.allocate(count), (error) => ToxAsyncError.is(error, 'ErrInvalidArgument'));
      }
    });
  });

  it('when closed throws, rather than to pass for a vault that lost everything', async () => {
    const { ref } = await allocateSlot(vault);
    await vault.close();
    await vault.close();
    const isClosed = (error: unknown) => ToxAsyncError.is(error, 'ErrClosed');
    assert.throws(() => vault.read(ref), isClosed);
    assert.throws(() => vault.erase(bench.store.batch(), [ref]), isClosed);
    assert.throws(() => vault.discard([ref]), isClosed);
    await assert.rejects(vault.allocate(1), isClosed);
    await assert.rejects(vault.retainOnly([]), isClosed);
    await vault.settled();
  });

  it('finishes what was being allocated when it is closed', async () => {
    const refs: SlotRef[] = [];
    const allocated = vault.allocate(20).then((secrets) => refs.push(...secrets.map(({ ref }) => ref)));
    await vault.close();
    await allocated;
    vault = await bench.open();
    for (const ref of refs) assert.ok(vault.read(ref));
  });
});
