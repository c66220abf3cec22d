import path from 'node:path';
import { KEY_BYTES } from '../../crypto/lengths';
import { isPassEncrypted, PASS_ENCRYPTION_BYTES, type Passphrase } from '../../crypto/pass-encryption';
import { ToxAsyncError } from '../../errors';
import type { Disk } from '../../platform/disk';
import { storeError } from '../store-errors';
import { type SealParts, slotCipherUnder } from './slot-cipher';
import { plainSlots, type SlotCipher } from './vault-slots';

export interface VaultKeyOptions {
  readonly disk: Disk;
  /** The data directory. */
  readonly folder: string;
  readonly passphrase?: Passphrase | undefined;
}

const NAME = 'vault.key';

/**
 * The key in `vault.key`, which holds 32 random bytes in toxencryptsave's format; undefined when there is no such
 * file. Changes nothing.
 * @throws ErrPassphrase it is missing or another; ErrStore the file is damaged or cannot be read
 */
export async function readVaultKey({
  disk,
  folder,
  passphrase,
}: VaultKeyOptions): Promise<Uint8Array | undefined> {
  const file = path.join(folder, NAME);
  const sealed = await disk.readFile(file).catch((error: unknown) => {
    throw storeError(error);
  });
  if (sealed === undefined) return undefined;
  if (passphrase === undefined) throw passphraseMissing(folder);
  if (!isPassEncrypted(sealed) || sealed.length !== KEY_BYTES + PASS_ENCRYPTION_BYTES) {
    throw new ToxAsyncError(
      'ErrStore',
      `${file} is damaged and was left unchanged. If it is moved away, all one-time secrets are lost: received ` +
        'messages not handed over yet become unreadable, and friends get new keys when you are next online together.',
    );
  }
  const key = await passphrase.open(sealed);
  if (key) return key;
  throw new ToxAsyncError(
    'ErrPassphrase',
    `The data directory ${folder} does not open with this passphrase and was left unchanged. ` +
      'Enter the one it was sealed with.',
  );
}

/**
 * How the slots of this directory's vault are sealed. A directory that gets its first passphrase gets its key.
 * @throws ErrPassphrase, ErrStore, ErrLocalStorageFull
 */
export async function openSlotCipher(options: VaultKeyOptions & SealParts): Promise<SlotCipher> {
  const { disk, folder, passphrase, random } = options;
  const known = await readVaultKey(options);
  if (known) return slotCipherUnder(known, options);
  if (passphrase === undefined) return plainSlots;
  const key = random.bytes(KEY_BYTES);
  const sealed = await passphrase.seal(key);
  await disk.writeFile(path.join(folder, NAME), sealed).catch((error: unknown) => {
    throw storeError(error);
  });
  return slotCipherUnder(key, options);
}

export function passphraseMissing(what: string): ToxAsyncError {
  return new ToxAsyncError('ErrPassphrase', `${what} is sealed with a passphrase. Enter the passphrase.`);
}
