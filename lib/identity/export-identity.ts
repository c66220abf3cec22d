import { MIN_BACKUP_PASSPHRASE } from '../constants';
import { Passphrase } from '../crypto/pass-encryption';
import type { CryptoProvider } from '../crypto/provider';
import { ToxAsyncError } from '../errors';
import type { Random } from '../platform/random';
import { exportBackup } from './backup';
import type { FriendBook } from './friend-book';
import type { Identity } from './identity';

export interface ExportedParts {
  readonly identity: Identity;
  readonly friends: Pick<FriendBook, 'list'>;
  readonly crypto: CryptoProvider;
  readonly platform: { readonly random: Random };
}

/** Identity and friends as a Tox profile, sealed when there is a passphrase. @throws ErrPassphrase it is too short */
export async function exportIdentity(
  { identity, friends, crypto, platform }: ExportedParts,
  passphrase: string | undefined,
): Promise<Uint8Array> {
  if (passphrase === undefined) return exportBackup(identity, friends.list());
  if (Array.from(passphrase).length < MIN_BACKUP_PASSPHRASE) {
    throw new ToxAsyncError(
      'ErrPassphrase',
      `The passphrase of the backup is too short. Use at least ${MIN_BACKUP_PASSPHRASE} characters.`,
    );
  }
  const seal = new Passphrase({ crypto, random: platform.random }, passphrase);
  return exportBackup(identity, friends.list(), seal);
}
