import type { Random } from '../platform/random';
import type { KeyPair } from '../types';
import { KEY_BYTES } from './lengths';
import type { CryptoProvider } from './provider';

/** A fresh Curve25519 key pair. The secret comes from `random`, never from a library's own generator. */
export function generateKeyPair(crypto: CryptoProvider, random: Random): KeyPair {
  return crypto.keyPairFromSecret(random.bytes(KEY_BYTES));
}
