import assert from 'node:assert/strict';
import type { FileVault } from '../../../../../lib/store/vault/file-vault';
import type { SlotRef } from '../../../../../lib/store/vault/secret-vault';
import { VaultBench, VAULT_PATH } from '../../support/vault-bench';
import { allocateSlot } from '../../../../../lib/store/vault/slot-box';

describe('the vault starting again', () => {
  let bench: VaultBench;
  let vault: FileVault;

  beforeEach(async () => {
    bench = new VaultBench();
    vault = await bench.open();
    await bench.idle();
  });

  const reopen = async () => {
    await vault.close();
    vault = await bench.open();
    await bench.idle();
  };

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
    const early = await allocateSlot(vault);
    await vault.retainOnly([]);
    assert.deepEqual(vault.read(early.ref), early.secret);
  });

  it('overwrites what is damaged', async () => {
    const { ref, secret } = await allocateSlot(vault);
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
    const { ref, secret } = await allocateSlot(vault);
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
    const next = await allocateSlot(vault);
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
    assert.ok((await allocateSlot(vault)).ref.serial > last.ref.serial);
  });
});
