import { Passphrase } from '../crypto/pass-encryption';
import type { CryptoProvider } from '../crypto/provider';
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

/** Identity and friends as a Tox profile, sealed when there is a passphrase. @throws ErrPassphrase it is empty */
export function exportIdentity(
  { identity, friends, crypto, platform }: ExportedParts,
  passphrase: string | undefined,
): Promise<Uint8Array> {
  const seal =
    passphrase === undefined ? undefined : new Passphrase({ crypto, random: platform.random }, passphrase);
  return exportBackup(identity, friends.list(), seal);
}
