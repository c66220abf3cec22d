import path from 'node:path';
import { toHex } from '../../../bytes';
import type { Passphrase } from '../../../crypto/pass-encryption';
import type { CryptoProvider } from '../../../crypto/provider';
import type { Disk } from '../../../platform/disk';
import { openSlotCipher, VAULT_KEY } from '../../vault/vault-key';
import { plainSlots, type SlotCipher } from '../../vault/vault-slots';
import type { OwnStoreOptions } from './own-store';
import { asideName, chooseStartNew } from './start-new';

export interface OwnSealOptions extends OwnStoreOptions {
  readonly crypto: CryptoProvider;
  readonly passphrase?: Passphrase;
}

/**
 * How the secrets of the directory's vault are sealed, under the key that the manifest names. Another key, or none, is
 * refused unless the user chose to start new without the one-time secrets.
 * @throws ErrPassphrase, ErrStore, ErrLocalStorageFull
 */
export async function openOwnSeal(options: OwnSealOptions): Promise<SlotCipher> {
  const { manifest, log, startNew, folder, platform } = options;
  const open = () => openSlotCipher({ ...options, ...platform, expected: manifest.now.vaultKey });
  let seal: SlotCipher;
  try {
    seal = await open();
  } catch (error) {
    const { vaultKey: id } = manifest.now;
    chooseStartNew(error, {
      part: 'vault.key',
      id,
      given: startNew,
      log,
      without: 'without the one-time secrets',
    });
    await setVaultKeyAside(platform.disk, folder, id ?? '');
    await manifest.change({ vaultKey: undefined });
    seal = await open();
  }
  const id = toHex(seal.keyId);
  if (seal !== plainSlots && manifest.now.vaultKey !== id) await manifest.change({ vaultKey: id });
  return seal;
}

/** Gives the file another name. */
export async function setVaultKeyAside(disk: Disk, folder: string, id: string): Promise<void> {
  const file = path.join(folder, VAULT_KEY);
  if ((await disk.kindOf(file)) !== undefined) await disk.move(file, asideName(file, id));
}
