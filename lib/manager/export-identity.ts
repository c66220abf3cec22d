import { Passphrase } from '../crypto/pass-encryption';
import { exportBackup } from '../identity/backup';
import type { ManagerParts } from './build-session';

/** Identity and friends as a Tox profile, sealed when there is a passphrase. @throws ErrPassphrase it is empty */
export function exportIdentity(
  { identity, friends, crypto, platform }: ManagerParts,
  passphrase: string | undefined,
): Promise<Uint8Array> {
  const seal =
    passphrase === undefined ? undefined : new Passphrase({ crypto, random: platform.random }, passphrase);
  return exportBackup(identity, friends.list(), seal);
}
