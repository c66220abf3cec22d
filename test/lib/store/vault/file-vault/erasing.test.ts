import assert from 'node:assert/strict';
import { ToxAsyncError } from '../../../../../lib/errors';
import type { FileVault } from '../../../../../lib/store/vault/file-vault';
import { VaultRecords } from '../../../../../lib/store/vault/vault-records';
import { VaultBench, VAULT_PATH } from '../../support/vault-bench';
import { allocateSlot } from '../../../../../lib/store/vault/slot-box';

describe('erasing in the vault', () => {
  let bench: VaultBench;
  let vault: FileVault;

  beforeEach(async () => {
    bench = new VaultBench();
    vault = await bench.open();
    await bench.idle();
  });

  const isPending = async (promise: Promise<unknown>) => {
    let done = false;
    promise.then(
      () => (done = true),
      () => (done = true),
    );
    await bench.idle();
    return !done;
  };

  it('happens at the commit of the batch, not before', async () => {
    const { ref, secret } = await allocateSlot(vault);
    const batch = bench.store.batch();
    vault.erase(batch, [ref]);
    assert.deepEqual(vault.read(ref), secret);
    const committed = batch.commit();
    await committed;
    assert.equal(vault.read(ref), undefined);
  });

  it('leaves no byte of the secret and no mark, and then uses the slot again', async () => {
    const { ref, secret } = await allocateSlot(vault);
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
    const { ref } = await allocateSlot(vault);
    await bench.erase(vault, ref);
    await vault.settled();
    const batch = bench.store.batch();
    vault.erase(batch, [ref, { slot: 9999, serial: 1 }, { slot: 0, serial: 0 }]);
    assert.equal(batch.size, 0);
  });

  it('of one secret named twice sets its slot free once', async () => {
    const { ref } = await allocateSlot(vault);
    const batches = [bench.store.batch(), bench.store.batch()];
    for (const batch of batches) vault.erase(batch, [ref, ref]);
    await Promise.all(batches.map((batch) => batch.commit()));
    await vault.settled();
    const secrets = await vault.allocate(40);
    assert.equal(new Set(secrets.map((secret) => secret.ref.slot)).size, 40);
  });

  it('is tried again until the disk takes it, and `settled` waits', async () => {
    const { ref, secret } = await allocateSlot(vault);
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
    const { ref, secret } = await allocateSlot(vault);
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
    const { ref, secret } = await allocateSlot(vault);
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
    const { ref, secret } = await allocateSlot(vault);
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
    const { ref, secret } = await allocateSlot(vault);
    await bench.erase(vault, ref);
    await vault.close();
    assert.ok(!(await bench.onDisk(secret)));
  });

  it('of a batch that commits after the close waits for the next start', async () => {
    const { ref, secret } = await allocateSlot(vault);
    const batch = bench.store.batch();
    vault.erase(batch, [ref]);
    await vault.close();
    await batch.commit();
    vault = await bench.open();
    assert.ok(!(await bench.onDisk(secret)));
  });

  it('overwrites what is discarded, without a batch', async () => {
    const { ref, secret } = await allocateSlot(vault);
    vault.discard([ref, ref]);
    assert.equal(vault.read(ref), undefined);
    await vault.settled();
    assert.ok(!(await bench.onDisk(secret)));
    const secrets = await vault.allocate(40);
    assert.equal(new Set(secrets.map((other) => other.ref.slot)).size, 40);
  });
});
