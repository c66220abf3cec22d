import assert from 'node:assert/strict';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { ToxAsyncError } from '../../../../lib/errors';
import { randomFraction } from '../../../../lib/platform/random';
import { SeededRandom } from '../../../../lib/testing/simulated-platform';
import type { FileVault } from '../../../../lib/store/vault/file-vault';
import type { VaultSecret } from '../../../../lib/store/vault/secret-vault';
import { slotCipherUnder } from '../../../../lib/store/vault/slot-cipher';
import { plainSlots, SEALED_BYTES } from '../../../../lib/store/vault/vault-slots';
import { VaultBench, VAULT_PATH } from '../support/vault-bench';

const crypto = createPortableProvider();
const random = new SeededRandom('sealed vault');
const seal = slotCipherUnder(random.bytes(32), { crypto, random });
const otherSeal = slotCipherUnder(random.bytes(32), { crypto, random });

/** Every secret reads back as it was handed out. */
function assertReadable(vault: FileVault, secrets: readonly VaultSecret[]): void {
  for (const { ref, secret } of secrets) assert.deepEqual(vault.read(ref), secret);
}

async function assertNotOnDisk(bench: VaultBench, secrets: readonly VaultSecret[]): Promise<void> {
  const file = await bench.file();
  for (const { secret } of secrets) assert.ok(!file.includes(Buffer.from(secret)));
}

describe('a secret under the vault key', () => {
  const secret = random.bytes(32);

  it('fits its slot, and opens for its slot and serial only', () => {
    const sealed = seal.seal(3, 2 ** 40, secret);
    assert.equal(sealed.length, SEALED_BYTES);
    assert.deepEqual(seal.open(3, 2 ** 40, sealed), secret);
    assert.equal(seal.open(4, 2 ** 40, sealed), undefined);
    assert.equal(seal.open(3, 2 ** 40 + 1, sealed), undefined);
    assert.equal(otherSeal.open(3, 2 ** 40, sealed), undefined);
    for (let at = 0; at < SEALED_BYTES; at++) {
      const changed = sealed.slice();
      changed[at]! ^= 1;
      assert.equal(seal.open(3, 2 ** 40, changed), undefined, `byte ${at}`);
    }
  });

  it('has another nonce when a copy of the vault uses slot and serial again', () => {
    const [a, b] = [seal.seal(3, 5, secret), seal.seal(3, 5, secret)];
    assert.notDeepEqual(a.slice(0, 6), b.slice(0, 6));
    assert.notDeepEqual(a.slice(6), b.slice(6));
  });

  it('is not taken for one in plain', () => {
    assert.equal(seal.open(3, 5, plainSlots.seal(3, 5, secret)), undefined);
    assert.notDeepEqual(seal.keyId, otherSeal.keyId);
    assert.notDeepEqual(seal.keyId, plainSlots.keyId);
  });
});

describe('the vault under a key', () => {
  it('shows no secret in its file, keeps all of them through a restart and erases them as ever', async () => {
    const bench = new VaultBench();
    let vault = await bench.open({ seal });
    const secrets = await vault.allocate(20);
    await assertNotOnDisk(bench, secrets);
    await vault.close();
    vault = await bench.open({ seal });
    assert.equal(vault.lost, false);
    assertReadable(vault, secrets);
    const [gone, ...kept] = secrets;
    const sealed = (await bench.file()).subarray(gone!.ref.slot * 64 + 6, gone!.ref.slot * 64 + 60);
    await bench.erase(vault, gone!.ref);
    await vault.settled();
    assert.equal(vault.read(gone!.ref), undefined);
    assert.ok(!(await bench.file()).includes(sealed));
    await vault.retainOnly(kept.map(({ ref }) => ref));
    assertReadable(vault, kept);
  });

  it('is refused without the key, and left untouched', async () => {
    const bench = new VaultBench();
    const vault = await bench.open({ seal });
    const secrets = await vault.allocate(3);
    await vault.close();
    const before = await bench.file();
    await assert.rejects(bench.open(), (error) => ToxAsyncError.is(error, 'ErrPassphrase'));
    assert.deepEqual(await bench.file(), before);
    assertReadable(await bench.open({ seal }), secrets);
  });

  it('counts as lost, and is overwritten, when its key was replaced by another', async () => {
    const bench = new VaultBench();
    const vault = await bench.open({ seal });
    const [secret] = await vault.allocate(1);
    await vault.close();
    const again = await bench.open({ seal: otherSeal });
    assert.equal(again.lost, true);
    assert.equal(again.read(secret!.ref), undefined);
    assert.equal(bench.warnings.length, 1);
  });
});

describe('a vault that gets a key later', () => {
  async function plainVault(bench: VaultBench): Promise<VaultSecret[]> {
    const vault = await bench.open();
    const secrets = await vault.allocate(20);
    const [gone, ...kept] = secrets;
    await bench.erase(vault, gone!.ref);
    await vault.settled();
    await vault.close();
    return kept;
  }

  it('keeps its secrets, and no slot shows one any more', async () => {
    const bench = new VaultBench();
    const secrets = await plainVault(bench);
    assert.ok(await bench.onDisk(secrets[0]!.secret));
    const before = await bench.file();
    const vault = await bench.open({ seal });
    assert.equal(vault.lost, false);
    assertReadable(vault, secrets);
    const after = await bench.file();
    // Prepared secrets that nobody has got yet were in plain, too.
    for (let slot = 1; slot * 64 < before.length; slot++) {
      const old = before.subarray(slot * 64 + 6, slot * 64 + 38);
      assert.ok(old.every((byte) => byte === 0) || !after.includes(old), `slot ${slot}`);
    }
    await vault.close();
    await assert.rejects(bench.open(), (error) => ToxAsyncError.is(error, 'ErrPassphrase'));
  });

  it('has every secret, sealed in the end, when the power or the process ends at any moment of it', async () => {
    let cuts = 0;
    for (let seed = 0; seed < 60; seed++) {
      const bench = new VaultBench(`late key ${seed}`);
      const moments = new SeededRandom(`moment ${seed}`);
      const secrets = await plainVault(bench);
      for (let round = 0; round < 3; round++) {
        const opening = bench.open({ seal, prepared: 4 }).then(
          () => undefined,
          (error: unknown) => error,
        );
        const steps = Math.floor(randomFraction(moments) * 24);
        for (let i = 0; i < steps; i++) await Promise.resolve();
        if (randomFraction(moments) < 0.7) bench.crash(moments);
        else bench.kill(moments);
        if ((await opening) !== undefined) cuts += 1;
      }
      const vault = await bench.open({ seal });
      assert.equal(vault.lost, false);
      assertReadable(vault, secrets);
      await vault.retainOnly(secrets.map(({ ref }) => ref));
      await assertNotOnDisk(bench, secrets);
      assert.deepEqual(bench.warnings, []);
    }
    assert.ok(cuts > 40, `only ${cuts} cuts met it at work`);
  });

  it('stays as it was when the disk cannot be written', async () => {
    const bench = new VaultBench();
    const secrets = await plainVault(bench);
    const before = await bench.memory.readFile(VAULT_PATH);
    bench.memory.readOnly = true;
    await assert.rejects(bench.open({ seal }), (error) => ToxAsyncError.is(error, 'ErrStore'));
    assert.deepEqual(await bench.memory.readFile(VAULT_PATH), before);
    bench.memory.readOnly = false;
    assertReadable(await bench.open({ seal }), secrets);
  });
});
