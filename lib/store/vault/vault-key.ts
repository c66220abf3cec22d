import path from 'node:path';
import { toHex } from '../../bytes';
import { KEY_BYTES } from '../../crypto/lengths';
import { isPassEncrypted, PASS_ENCRYPTION_BYTES, type Passphrase } from '../../crypto/pass-encryption';
import { ToxAsyncError } from '../../errors';
import type { Disk } from '../../platform/disk';
import { lostError, storeError } from '../store-errors';
import { type SealParts, slotCipherUnder, vaultKeyId } from './slot-cipher';
import { plainSlots, type SlotCipher } from './vault-slots';

export interface VaultKeyOptions {
  readonly disk: Disk;
  /** The data directory. */
  readonly folder: string;
  readonly passphrase?: Passphrase | undefined;
  /** Names the key that belongs to the directory, in hex; undefined when it has none yet. */
  readonly expected?: string | undefined;
}

export const VAULT_KEY = 'vault.key';
const WITHOUT_THE_KEY =
  'without it all one-time secrets are lost, so that received messages not handed over yet become unreadable, and ' +
  'friends get new keys at the next meeting.';

type CryptoPart = Pick<SealParts, 'crypto'>;

/**
 * The key in `vault.key`, which holds 32 random bytes in toxencryptsave's format; undefined when there is no such
 * file, nor should be. Changes nothing.
 * @throws ErrPassphrase it is missing or another; ErrStore the file is gone, damaged or another's, or cannot be read
 */
export async function readVaultKey(options: VaultKeyOptions & CryptoPart): Promise<Uint8Array | undefined> {
  const { disk, folder, passphrase, expected, crypto } = options;
  const file = path.join(folder, VAULT_KEY);
  const sealed = await disk.readFile(file).catch((error: unknown) => {
    throw storeError(error);
  });
  if (sealed === undefined && expected === undefined) return undefined;
  if (passphrase === undefined) throw passphraseMissing(folder);
  if (sealed === undefined)
    throw lostError('ErrStore', `${file} is missing. Put it back: ${WITHOUT_THE_KEY}`);
  if (!isPassEncrypted(sealed) || sealed.length !== KEY_BYTES + PASS_ENCRYPTION_BYTES) {
    throw lostError('ErrStore', `${file} is damaged and was left unchanged. Put it back: ${WITHOUT_THE_KEY}`);
  }
  const key = await passphrase.open(sealed);
  if (!key) {
    throw new ToxAsyncError(
      'ErrPassphrase',
      `The data directory ${folder} does not open with this passphrase and was left unchanged. ` +
        `Enter the one it was sealed with, or restore ${VAULT_KEY} if that is damaged.`,
    );
  }
  if (expected === undefined || toHex(vaultKeyId(key, crypto)) === expected) return key;
  throw lostError(
    'ErrStore',
    `${file} belongs to another data directory and was left unchanged. Put the right one back: ${WITHOUT_THE_KEY}`,
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
  await disk.writeFile(path.join(folder, VAULT_KEY), sealed).catch((error: unknown) => {
    throw storeError(error);
  });
  return slotCipherUnder(key, options);
}

export function passphraseMissing(what: string): ToxAsyncError {
  return new ToxAsyncError('ErrPassphrase', `${what} is sealed with a passphrase. Enter the passphrase.`);
}
