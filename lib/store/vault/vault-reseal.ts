import { sameBytes } from '../../bytes';
import type { CryptoProvider } from '../../crypto/provider';
import { VaultFile, type VaultFileOptions } from './vault-file';
import { plainSlots, readSecretSlot, type SlotCipher, writeSecretSlot } from './vault-slots';

/** VaultFile.open, with every slot sealed by `options.seal` when it resolves. @throws as VaultFile.open */
export async function openVaultFile(
  options: VaultFileOptions,
  expected: Uint8Array | undefined,
): Promise<VaultFile> {
  const { seal, crypto } = options;
  const file = await VaultFile.open(options, expected);
  try {
    if (!sameBytes(file.keyId, seal.keyId)) await sealPlainSlots(file, seal, crypto);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * Seals the slots of a vault that had no passphrase, in place, so that no unsealed copy stays behind. The header
 * says only at the end that they are sealed: cut short at any moment it is done again, and a slot that was sealed
 * already opens under the key.
 */
async function sealPlainSlots(file: VaultFile, seal: SlotCipher, crypto: CryptoProvider): Promise<void> {
  const changed: number[] = [];
  for (let slot = 1; slot < file.slots; slot++) {
    const bytes = file.bytes(slot);
    const held = readSecretSlot(bytes, slot);
    if (!held) continue;
    const { serial } = held;
    const known = seal.open(slot, serial, held.sealed);
    const secret = known ?? plainSlots.open(slot, serial, held.sealed);
    if (!secret) continue;
    if (!known) {
      writeSecretSlot(bytes, slot, serial, seal.seal(slot, serial, secret));
      changed.push(slot);
    }
    crypto.wipe(secret);
  }
  await file.write(changed);
  await file.writeKeyId(seal.keyId);
}
