import type { CryptoProvider } from '../../crypto/provider';
import { ToxAsyncError } from '../../errors';
import type { SecretVault, VaultSecret } from './secret-vault';

/** Every slot's secret seals exactly one record, so the nonce may be constant. */
const NONCE = new Uint8Array(24);

/** A plaintext as it lies in the Store: readable only while its slot in the vault is not erased. */
export function boxUnderSlot(crypto: CryptoProvider, secret: Uint8Array, plain: Uint8Array): Uint8Array {
  const sealed = crypto.secretbox(plain, NONCE, secret);
  crypto.wipe(secret);
  return sealed;
}

/** undefined when the secret is gone or is not the one it was sealed under. */
export function unboxUnderSlot(
  crypto: CryptoProvider,
  secret: Uint8Array | undefined,
  sealed: Uint8Array | undefined,
): Uint8Array | undefined {
  if (secret === undefined || sealed === undefined) return undefined;
  const plain = crypto.openSecretbox(sealed, NONCE, secret);
  crypto.wipe(secret);
  return plain;
}

/** One durable secret. @throws ErrLocalStorageFull, ErrStore */
export async function allocateSlot(vault: SecretVault): Promise<VaultSecret> {
  const [slot] = await vault.allocate(1);
  if (slot === undefined) throw new ToxAsyncError('ErrStore', 'The vault gave no slot.');
  return slot;
}
