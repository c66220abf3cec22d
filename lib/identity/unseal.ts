import { isPassEncrypted, type Passphrase } from '../crypto/pass-encryption';
import { ToxAsyncError } from '../errors';

/**
 * What is in `bytes`, sealed or not.
 * @param what names the bytes at the beginning of an error
 * @throws ErrPassphrase they are sealed and the passphrase is missing or another
 */
export async function unseal(
  bytes: Uint8Array,
  what: string,
  passphrase: Passphrase | undefined,
): Promise<Uint8Array> {
  if (!isPassEncrypted(bytes)) return bytes;
  if (passphrase === undefined) {
    throw new ToxAsyncError('ErrPassphrase', `${what} is sealed with a passphrase. Enter the passphrase.`);
  }
  const plain = await passphrase.open(bytes);
  if (plain) return plain;
  throw new ToxAsyncError(
    'ErrPassphrase',
    `${what} does not open with this passphrase and was left unchanged. Enter the one it was sealed with.`,
  );
}
