import assert from 'node:assert/strict';
import { ToxAsyncError } from '../../../../../lib/errors';
import type { FileVault } from '../../../../../lib/store/vault/file-vault';
import type { VaultSecret } from '../../../../../lib/store/vault/secret-vault';
import { VaultBench, VAULT_PATH } from '../../support/vault-bench';
import { allocateSlot } from '../../../../../lib/store/vault/slot-box';

describe('the vault that is lost', () => {
  let bench: VaultBench;
  let vault: FileVault;
  let held: VaultSecret;

  beforeEach(async () => {
    bench = new VaultBench();
    vault = await bench.open();
    await bench.idle();
    held = await allocateSlot(vault);
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
