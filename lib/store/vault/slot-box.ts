import { labelledHash } from '../../crypto/labelled-hash';
import { BOX_TAG_BYTES, NONCE_BYTES } from '../../crypto/lengths';
import type { CryptoProvider } from '../../crypto/provider';
import { ToxAsyncError } from '../../errors';
import type { SecretVault, VaultSecret } from './secret-vault';

/**
 * A plaintext as it lies in the Store, `nonce 24 | secretbox`: readable only while its slot in the vault is not erased.
 * A slot's secret seals one record. The nonce is a hash of both all the same: two copies of one memory, resumed apart,
 * may seal different plaintexts under the same slot.
 */
export function boxUnderSlot(crypto: CryptoProvider, secret: Uint8Array, plain: Uint8Array): Uint8Array {
  const digest = crypto.sha256(plain);
  const nonce = labelledHash(crypto, 'slot-nonce', secret, digest).slice(0, NONCE_BYTES);
  const sealed = new Uint8Array(NONCE_BYTES + plain.length + BOX_TAG_BYTES);
  sealed.set(nonce);
  crypto.secretbox(plain, nonce, secret, sealed.subarray(NONCE_BYTES));
  crypto.wipe(digest);
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
  const plain = crypto.openSecretbox(sealed.subarray(NONCE_BYTES), sealed.subarray(0, NONCE_BYTES), secret);
  crypto.wipe(secret);
  return plain;
}

/** One durable secret. @throws ErrLocalStorageFull, ErrStore */
export async function allocateSlot(vault: Pick<SecretVault, 'allocate'>): Promise<VaultSecret> {
  const [slot] = await vault.allocate(1);
  if (slot === undefined) throw new ToxAsyncError('ErrStore', 'The vault returned no slot.');
  return slot;
}
