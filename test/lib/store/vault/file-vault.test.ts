import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import { ToxAsyncError } from '../../../../lib/errors';
import type { FileVault } from '../../../../lib/store/vault/file-vault';
import type { SlotRef, VaultSecret } from '../../../../lib/store/vault/secret-vault';
import { VaultRecords } from '../../../../lib/store/vault/vault-records';
import { VaultBench, VAULT_PATH } from '../support/vault-bench';

describe('the vault', () => {
  let bench: VaultBench;
  let vault: FileVault;

  beforeEach(async () => {
    bench = new VaultBench();
    vault = await bench.open();
    await bench.idle();
  });

  const one = async (): Promise<VaultSecret> => {
    const [secret] = await vault.allocate(1);
    assert.ok(secret);
    return secret;
  };
  const reopen = async () => {
    await vault.close();
    vault = await bench.open();
    await bench.idle();
  };
  const isPending = async (promise: Promise<unknown>) => {
    let done = false;
    promise.then(
      () => (done = true),
      () => (done = true),
    );
    await bench.idle();
    return !done;
  };

  describe('allocating', () => {
    it('gives distinct secrets of 32 bytes with rising serials, and reads them back', async () => {
      const secrets = [...(await vault.allocate(3)), ...(await vault.allocate(30)), await one()];
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
      const { ref, secret } = await one();
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
        for (let n = 0; n < count; n += 1) used.add(toHex((await one()).secret));
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

  describe('erasing', () => {
    it('happens at the commit of the batch, not before', async () => {
      const { ref, secret } = await one();
      const batch = bench.store.batch();
      vault.erase(batch, [ref]);
      assert.deepEqual(vault.read(ref), secret);
      const committed = batch.commit();
      await committed;
      assert.equal(vault.read(ref), undefined);
    });

    it('leaves no byte of the secret and no mark, and then uses the slot again', async () => {
      const { ref, secret } = await one();
      assert.ok(await bench.onDisk(secret));
      await bench.erase(vault, ref);
      await vault.settled();
      assert.ok(!(await bench.onDisk(secret)));
      assert.deepEqual(new VaultRecords(bench.store).deadMarks(), []);
      bench.crash();
      vault = await bench.open();
      await bench.idle();
      assert.ok(!(await bench.onDisk(secret)));
      const again = await vault.allocate(30);
      const reused = again.find((other) => other.ref.slot === ref.slot);
      assert.ok(reused);
      assert.notEqual(reused.ref.serial, ref.serial);
      assert.equal(vault.read(ref), undefined);
    });

    it('shares one sync among the batches that commit together', async () => {
      const secrets = await vault.allocate(4);
      const before = bench.disk.syncs;
      await Promise.all(secrets.map(({ ref }) => bench.erase(vault, ref)));
      await vault.settled();
      assert.equal(bench.disk.syncs, before + 1);
    });

    it('takes one write for slots of neighbouring pages of 4 KB, and keeps what lies between', async () => {
      const secrets = await vault.allocate(300);
      const erase = async (picked: (slot: number) => boolean) => {
        const before = bench.disk.writes;
        const refs = secrets.map(({ ref }) => ref).filter(({ slot }) => picked(slot));
        await bench.erase(vault, ...refs);
        await vault.settled();
        return [refs.length, bench.disk.writes - before];
      };
      assert.deepEqual(await erase((slot) => slot === 66 || slot === 191), [2, 1]);
      assert.deepEqual(await erase((slot) => slot === 67 || slot === 192), [2, 2]);
      bench.crash();
      vault = await bench.open();
      for (const { ref, secret } of secrets) {
        const isGone = [66, 67, 191, 192].includes(ref.slot);
        assert.deepEqual(vault.read(ref), isGone ? undefined : secret);
        assert.equal(await bench.onDisk(secret), !isGone);
      }
    });

    it('of what is gone already adds nothing to the batch', async () => {
      const { ref } = await one();
      await bench.erase(vault, ref);
      await vault.settled();
      const batch = bench.store.batch();
      vault.erase(batch, [ref, { slot: 9999, serial: 1 }, { slot: 0, serial: 0 }]);
      assert.equal(batch.size, 0);
    });

    it('of one secret named twice sets its slot free once', async () => {
      const { ref } = await one();
      const batches = [bench.store.batch(), bench.store.batch()];
      for (const batch of batches) vault.erase(batch, [ref, ref]);
      await Promise.all(batches.map((batch) => batch.commit()));
      await vault.settled();
      const secrets = await vault.allocate(40);
      assert.equal(new Set(secrets.map((secret) => secret.ref.slot)).size, 40);
    });

    it('is tried again until the disk takes it, and `settled` waits', async () => {
      const { ref, secret } = await one();
      bench.disk.failing = 'EIO';
      await bench.erase(vault, ref);
      const settled = vault.settled();
      await bench.time.advance(100_000);
      assert.ok(await isPending(settled));
      assert.equal(vault.read(ref), undefined);
      assert.equal(bench.warnings.length, 1);
      bench.disk.failing = undefined;
      await bench.time.advance(60_000);
      await settled;
      assert.ok(!(await bench.onDisk(secret)));
    });

    it('that did not finish before the close is finished at the next start', async () => {
      const { ref, secret } = await one();
      bench.disk.failing = 'ENOSPC';
      await bench.erase(vault, ref);
      const settled = assert.rejects(vault.settled(), (error) => ToxAsyncError.is(error, 'ErrClosed'));
      await vault.close();
      await settled;
      bench.disk.failing = undefined;
      assert.ok(await bench.onDisk(secret));
      vault = await bench.open();
      assert.ok(!(await bench.onDisk(secret)));
      assert.equal(vault.read(ref), undefined);
    });

    it('that a killed process had written but not synced is synced before its mark goes', async () => {
      const { ref, secret } = await one();
      const batch = bench.store.batch();
      new VaultRecords(bench.store).markDead(batch, ref);
      await batch.commit();
      await (await bench.memory.open(VAULT_PATH)).write(ref.slot * 64, new Uint8Array(64));
      bench.kill();
      vault = await bench.open();
      assert.deepEqual(new VaultRecords(bench.store).deadMarks(), []);
      bench.crash();
      assert.ok(!(await bench.onDisk(secret)));
    });

    it('that cannot be finished at the start either goes on in the background', async () => {
      const { ref, secret } = await one();
      bench.disk.failing = 'ENOSPC';
      await bench.erase(vault, ref);
      await vault.close();
      vault = await bench.open();
      assert.equal(vault.read(ref), undefined);
      assert.ok(await isPending(vault.settled()));
      bench.disk.failing = undefined;
      await bench.time.advance(2000);
      await vault.settled();
      assert.ok(!(await bench.onDisk(secret)));
    });

    it('is finished by the close when the disk allows it', async () => {
      const { ref, secret } = await one();
      await bench.erase(vault, ref);
      await vault.close();
      assert.ok(!(await bench.onDisk(secret)));
    });

    it('of a batch that commits after the close waits for the next start', async () => {
      const { ref, secret } = await one();
      const batch = bench.store.batch();
      vault.erase(batch, [ref]);
      await vault.close();
      await batch.commit();
      vault = await bench.open();
      assert.ok(!(await bench.onDisk(secret)));
    });

    it('overwrites what is discarded, without a batch', async () => {
      const { ref, secret } = await one();
      vault.discard([ref, ref]);
      assert.equal(vault.read(ref), undefined);
      await vault.settled();
      assert.ok(!(await bench.onDisk(secret)));
      const secrets = await vault.allocate(40);
      assert.equal(new Set(secrets.map((other) => other.ref.slot)).size, 40);
    });
  });

  describe('starting again', () => {
    it('keeps what is live and overwrites the rest', async () => {
      const [kept, orphan] = await vault.allocate(2);
      assert.ok(kept && orphan);
      await reopen();
      assert.deepEqual(vault.read(kept.ref), kept.secret);
      await vault.retainOnly([kept.ref]);
      assert.deepEqual(vault.read(kept.ref), kept.secret);
      assert.equal(vault.read(orphan.ref), undefined);
      assert.ok(!(await bench.onDisk(orphan.secret)));
      const more = await vault.allocate(40);
      for (const { ref, secret } of [kept, ...more]) assert.deepEqual(vault.read(ref), secret);
    });

    it('overwrites them however many there are', async () => {
      const refs: SlotRef[] = [];
      for (let n = 0; n < 15; n++) refs.push(...(await vault.allocate(10_000)).map(({ ref }) => ref));
      await reopen();
      await vault.retainOnly([]);
      assert.ok(refs.every((ref) => vault.read(ref) === undefined));
      assert.equal((await vault.allocate(10)).length, 10);
    });

    it('leaves alone what was allocated before the orphans were sought', async () => {
      await reopen();
      const early = await one();
      await vault.retainOnly([]);
      assert.deepEqual(vault.read(early.ref), early.secret);
    });

    it('overwrites what is damaged', async () => {
      const { ref, secret } = await one();
      const file = await bench.memory.open(VAULT_PATH);
      await file.write(ref.slot * 64, new Uint8Array(6));
      await file.sync();
      await reopen();
      assert.equal(vault.read(ref), undefined);
      assert.ok(await bench.onDisk(secret));
      await vault.retainOnly([ref]);
      assert.ok(!(await bench.onDisk(secret)));
    });

    it('takes a live name of another serial for an orphan', async () => {
      const { ref, secret } = await one();
      await reopen();
      await vault.retainOnly([{ slot: ref.slot, serial: ref.serial + 1 }]);
      assert.ok(!(await bench.onDisk(secret)));
    });

    it('does not grow when it starts often', async () => {
      for (let i = 0; i < 3; i++) {
        await reopen();
        await vault.retainOnly([]);
      }
      const size = (await bench.file()).length;
      for (let i = 0; i < 5; i++) {
        await reopen();
        await vault.retainOnly([]);
      }
      assert.equal((await bench.file()).length, size);
    });

    it('never repeats a serial, even when nothing in the file shows how far they went', async () => {
      const last = (await vault.allocate(20)).at(-1);
      assert.ok(last);
      await vault.close();
      const file = await bench.memory.open(VAULT_PATH);
      await file.truncate(64);
      await file.sync();
      vault = await bench.open();
      const next = await one();
      assert.ok(next.ref.serial > last.ref.serial);
    });

    it('goes on from the file’s highest serial when the store was put back to an earlier day', async () => {
      await vault.allocate(1);
      const key = new TextEncoder().encode('vault/');
      const early = bench.store.get(key);
      assert.ok(early);
      await reopen();
      const last = (await vault.allocate(20)).at(-1);
      assert.ok(last);
      await vault.close();
      await bench.store.batch().put(key, early).commit();
      vault = await bench.open();
      assert.ok(!vault.lost);
      assert.ok((await one()).ref.serial > last.ref.serial);
    });
  });

  describe('that is lost', () => {
    let held: VaultSecret;

    beforeEach(async () => {
      held = await one();
      await vault.close();
    });

    const expectLost = async () => {
      vault = await bench.open();
      assert.ok(vault.lost);
      assert.equal(bench.warnings.length, 1);
      assert.equal(vault.read(held.ref), undefined);
      for (const { ref, secret } of await vault.allocate(40)) {
        assert.ok(ref.serial > held.ref.serial);
        assert.deepEqual(vault.read(ref), secret);
      }
      assert.equal(vault.read(held.ref), undefined);
      await vault.close();
      vault = await bench.open();
      assert.ok(!vault.lost);
    };

    it('is created when the file is missing', async () => {
      await bench.memory.remove(VAULT_PATH);
      await expectLost();
    });

    it('is created again when the file is empty', async () => {
      await (await bench.memory.open(VAULT_PATH)).truncate(0);
      await expectLost();
    });

    it('is created again over a file of something else', async () => {
      await bench.memory.writeFile(VAULT_PATH, new Uint8Array(70_000).fill(7));
      await expectLost();
    });

    it('is created again over another directory’s vault, whose secrets are overwritten', async () => {
      const other = new VaultBench('another directory');
      const theirs = await other.open();
      const [{ secret } = held] = await theirs.allocate(1);
      await theirs.close();
      const written: Uint8Array[] = [];
      await bench.memory.writeFile(VAULT_PATH, await other.file());
      const open = bench.disk.open.bind(bench.disk);
      bench.disk.open = async (path) => {
        const file = await open(path);
        return {
          ...file,
          close: async () => {
            written.push(await bench.file());
            await file.close();
          },
        };
      };
      await expectLost();
      assert.ok(!Buffer.from(written[0] ?? secret).includes(Buffer.from(secret)));
      assert.ok(written[0]?.every((byte) => byte === 0));
    });

    it('says so when the file was cut short, and keeps what is left', async () => {
      vault = await bench.open();
      const many = await vault.allocate(200);
      await vault.close();
      vault = await bench.open();
      await vault.allocate(20);
      await vault.close();
      const file = await bench.memory.open(VAULT_PATH);
      await file.truncate(64 * 100 + 17);
      await file.sync();
      await file.close();
      vault = await bench.open();
      assert.ok(vault.lost);
      const readable = many.filter(({ ref }) => vault.read(ref) !== undefined);
      assert.ok(readable.length > 80 && readable.length < 100);
      for (const { ref, secret } of readable) assert.deepEqual(vault.read(ref), secret);
    });

    it('is not when the growth of the file was cut off by a crash', async () => {
      vault = await bench.open();
      await bench.idle();
      bench.disk.failing = 'EIO';
      await assert.rejects(vault.allocate(70_000), (error) => ToxAsyncError.is(error, 'ErrStore'));
      bench.crash();
      vault = await bench.open();
      assert.ok(!vault.lost);
      assert.deepEqual(vault.read(held.ref), held.secret);
    });

    it('is not when it is new, nor when only the store is', async () => {
      const fresh = new VaultBench('fresh');
      assert.ok(!(await fresh.open()).lost);
      const storeless = new VaultBench('storeless');
      await storeless.memory.makeFolder('/data');
      await storeless.memory.writeFile(VAULT_PATH, await bench.file());
      const reset = await storeless.open();
      assert.ok(!reset.lost);
      assert.equal(reset.read(held.ref), undefined);
      assert.ok(!(await storeless.onDisk(held.secret)));
    });

    it('is not taken for lost when it cannot be read at the moment', async () => {
      bench.disk.readFile = () => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }));
      await assert.rejects(bench.open(), (error) => ToxAsyncError.is(error, 'ErrStore'));
    });
  });

  it('when closed throws, rather than to pass for a vault that lost everything', async () => {
    const { ref } = await one();
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
