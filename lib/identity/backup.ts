/**
 * Backups that go to another data directory or another Tox client: an ordinary Tox profile with the identity and its
 * friends under our names for them, sealed in toxencryptsave's format when a passphrase is given.
 *
 * A backup never holds a one-time secret, a text or anything else of the vault and the store: a key that is kept in
 * two places can open, or seal, a second time. The friends' devices give out new keys at the next meeting instead.
 * So a backup is made of an Identity and names alone, and nothing here can reach the rest.
 */
import type { Passphrase } from '../crypto/pass-encryption';
import type { Identity } from './identity';
import { type NamedFriend, parseProfile, serialiseProfile, withFriends } from './tox-profile';
import { unseal } from './unseal';

/**
 * @param friends all that the backup is to name
 * @returns bytes for IdentityOptions.import, or for a file `name.tox` of another client; they hold the secret key
 */
export async function exportBackup(
  identity: Identity,
  friends: readonly NamedFriend[],
  passphrase?: Passphrase,
): Promise<Uint8Array> {
  const profile = serialiseProfile(withFriends(parseProfile(identity.savedata()), friends));
  return passphrase ? passphrase.seal(profile) : profile;
}

/**
 * The profile in a backup that was sealed with another passphrase than its new data directory will have.
 * @throws ErrPassphrase it is another one
 */
export function openBackup(backup: Uint8Array, passphrase: Passphrase): Promise<Uint8Array> {
  return unseal(backup, 'The backup', passphrase);
}
