import path from 'node:path';
import { Passphrase } from '../crypto/pass-encryption';
import type { CryptoProvider } from '../crypto/provider';
import { ToxAsyncError } from '../errors';
import { checkIdentity, type Identity, type IdentityOptions, openIdentity } from '../identity/identity-file';
import type { Platform } from '../platform/platform';
import { openDataDirectory, type DataDirectory } from '../store/directory/data-directory';
import type { Logger } from '../types';
import type { AsyncManagerOptions } from './options';

export type ResolvedOptions = AsyncManagerOptions & {
  readonly platform: Platform;
  readonly crypto: CryptoProvider;
  readonly log: Logger;
};

/** The data directory with the identity in it, both opened or made under the passphrase, if there is one. */
export async function openDirectoryAndIdentity(
  options: ResolvedOptions,
): Promise<{ directory: DataDirectory; identity: Identity }> {
  const { platform, crypto, log } = options;
  const { disk, random } = platform;
  const sealed =
    options.passphrase === undefined
      ? {}
      : { passphrase: new Passphrase({ crypto, random }, options.passphrase) };
  const identityIn = (folder: string): IdentityOptions => ({
    disk,
    random,
    crypto,
    path: path.join(folder, 'identity.tox'),
    ...importOf(options),
    ...sealed,
  });
  // Before all else: a passphrase that does not open the identity in the folder must not seal a new vault there.
  if (!options.directory) await checkIdentity(identityIn(options.dataDir));
  const directory =
    options.directory ??
    (await openDataDirectory({
      platform,
      crypto,
      path: options.dataDir,
      engine: options.engine ?? 'auto',
      log,
      ...sealed,
    }));
  try {
    return { directory, identity: await openIdentity(identityIn(directory.path)) };
  } catch (error) {
    await directory.close();
    throw error;
  }
}

function importOf({ keyPair, profile }: AsyncManagerOptions): Pick<IdentityOptions, 'import'> {
  if (keyPair && profile) {
    throw new ToxAsyncError('ErrInvalidArgument', 'Give a key pair or a profile to import, not both.');
  }
  const imported = profile ?? keyPair?.secretKey;
  return imported ? { import: imported } : {};
}
