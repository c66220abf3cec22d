import path from 'node:path';
import { toHex } from '../bytes';
import { Passphrase } from '../crypto/pass-encryption';
import type { CryptoProvider } from '../crypto/provider';
import { ToxAsyncError } from '../errors';
import {
  checkIdentity,
  type Identity,
  type IdentityOptions,
  openIdentity,
  setIdentityAside,
} from '../identity/identity-file';
import type { Platform } from '../platform/platform';
import { openDataDirectory, recordedIdentity, type DataDirectory } from '../store/directory/data-directory';
import { asideName, chooseStartNew } from '../store/directory/ownership/start-new';
import type { Logger, PublicKey } from '../types';
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
  const { platform, crypto, log, startNew } = options;
  const { disk, random } = platform;
  const sealed =
    options.passphrase === undefined
      ? {}
      : { passphrase: new Passphrase({ crypto, random }, options.passphrase) };
  const identityIn = (folder: string, expected: PublicKey | undefined): IdentityOptions => ({
    disk,
    random,
    crypto,
    log,
    path: path.join(folder, 'identity.tox'),
    expected,
    ...importOf(options),
    ...sealed,
  });
  const open = async (): Promise<DataDirectory> => {
    const folder = path.resolve(options.dataDir);
    const expected = await recordedIdentity(disk, folder);
    const here = identityIn(folder, expected);
    // Before all else: a passphrase that does not open the identity in the folder must not seal a new vault there.
    const startOver = await findStartOver(here, options);
    return openDataDirectory({
      platform,
      crypto,
      path: folder,
      engine: options.engine ?? 'auto',
      log,
      ...(startNew === undefined ? {} : { startNew }),
      ...(startOver === undefined ? {} : { startOver }),
      ...sealed,
    });
  };
  const directory = options.directory ?? (await open());
  try {
    const identity = await openIdentity(identityIn(directory.path, directory.identity?.publicKey));
    await directory.identity?.record(identity.keyPair.publicKey);
    return { directory, identity };
  } catch (error) {
    await directory.close();
    throw error;
  }
}

/** What puts a lost identity aside, when the user chose to start new without it. @throws what is wrong with it */
async function findStartOver(
  here: IdentityOptions,
  { startNew, log }: ResolvedOptions,
): Promise<(() => Promise<void>) | undefined> {
  try {
    await checkIdentity(here);
    return undefined;
  } catch (error) {
    const id = here.expected && toHex(here.expected);
    const without = 'under another Tox ID, without the friends, messages and keys of this one';
    chooseStartNew(error, { part: 'identity', id, given: startNew, log, without });
    return () => setIdentityAside(here, asideName(here.path, id ?? ''));
  }
}

function importOf({ keyPair, profile }: AsyncManagerOptions): Pick<IdentityOptions, 'import'> {
  if (keyPair && profile) {
    throw new ToxAsyncError('ErrInvalidArgument', 'Give a key pair or a profile to import, not both.');
  }
  const imported = profile ?? keyPair?.secretKey;
  return imported ? { import: imported } : {};
}
