import { labelledHash } from '../../crypto/labelled-hash';
import type { CryptoProvider } from '../../crypto/provider';
import type { ListedKey } from './key-list';

/**
 * q = H("key-secret", seed, batch 3 || index 1, P), 32 bytes (docs/PROTOCOL.md, "Exchange"): the secret that owner and
 * holder share of one one-time key. It is part of the key of each outer box, so breaking X25519 alone opens nothing.
 */
export function keySecret(
  crypto: CryptoProvider,
  seed: Uint8Array,
  batch: number,
  { index, publicKey }: ListedKey,
): Uint8Array {
  return labelledHash(crypto, 'key-secret', seed, keyName(batch, index), publicKey);
}

/** batch 3 || index 1 */
export function keyName(batch: number, index: number): Uint8Array {
  return new Uint8Array([batch >>> 16, batch >>> 8, batch, index]);
}
