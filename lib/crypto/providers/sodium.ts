import { createRequire } from 'node:module';
import type { PublicKey } from '../../types';
import { HiddenKeyPair } from '../hidden-key-pair';
import { mlKem } from '../kem/ml-kem';
import { BOX_TAG_BYTES, checkKeyLength, checkNonceLength, HASH_BYTES, KEY_BYTES } from '../lengths';
import { constantTimeEqual, hmacSha256, sha256 } from './node-primitives';
import type { CryptoProvider } from '../provider';
import { checkPublicKey, checkSharedSecret, isAcceptablePublicKey, lowOrderError } from '../public-key';

/** The functions that we use of sodium-native, which has no types. Outputs come first and are filled in. */
export interface Sodium {
  crypto_scalarmult_base(publicKey: Uint8Array, secretKey: Uint8Array): void;
  /** Throws for a public key of low order. */
  crypto_scalarmult(shared: Uint8Array, secretKey: Uint8Array, publicKey: Uint8Array): void;
  crypto_box_easy(
    boxed: Uint8Array,
    plain: Uint8Array,
    nonce: Uint8Array,
    publicKey: Uint8Array,
    secretKey: Uint8Array,
  ): void;
  crypto_box_open_easy(
    plain: Uint8Array,
    boxed: Uint8Array,
    nonce: Uint8Array,
    publicKey: Uint8Array,
    secretKey: Uint8Array,
  ): boolean;
  crypto_secretbox_easy(boxed: Uint8Array, plain: Uint8Array, nonce: Uint8Array, key: Uint8Array): void;
  crypto_secretbox_open_easy(
    plain: Uint8Array,
    boxed: Uint8Array,
    nonce: Uint8Array,
    key: Uint8Array,
  ): boolean;
  crypto_hash_sha256(digest: Uint8Array, data: Uint8Array): void;
  sodium_memzero(bytes: Uint8Array): void;
}

/** From here on Node's SHA-256, which uses the processor's own, is faster than libsodium's for all that it costs. */
const LONG_BYTES = 512;

const requireSodium = () => createRequire(__filename)('sodium-native') as Sodium;

/** libsodium through the optional package sodium-native; undefined where it is missing or does not load. */
export function loadSodiumProvider(load: () => Sodium = requireSodium): CryptoProvider | undefined {
  try {
    return createSodiumProvider(load());
  } catch {
    // No prebuilt binary for this machine, or the optional package was left out: the caller has another provider.
    return undefined;
  }
}

function createSodiumProvider(sodium: Sodium): CryptoProvider {
  return {
    name: 'sodium-native',

    keyPairFromSecret(secretKey) {
      checkKeyLength(secretKey, 'The secret key');
      const publicKey = new Uint8Array(KEY_BYTES);
      sodium.crypto_scalarmult_base(publicKey, secretKey);
      return new HiddenKeyPair(publicKey, secretKey);
    },

    sharedSecret(secretKey: Uint8Array, publicKey: PublicKey) {
      checkKeyLength(secretKey, 'The secret key');
      checkKeyLength(publicKey, 'The public key');
      const shared = new Uint8Array(KEY_BYTES);
      try {
        sodium.crypto_scalarmult(shared, secretKey, publicKey);
      } catch {
        throw lowOrderError();
      }
      return checkSharedSecret(shared);
    },

    box(plain, nonce, publicKey, secretKey, target = new Uint8Array(plain.length + BOX_TAG_BYTES)) {
      checkNonceLength(nonce);
      checkKeyLength(secretKey, 'The secret key');
      checkPublicKey(publicKey, 'The public key');
      sodium.crypto_box_easy(target, plain, nonce, publicKey, secretKey);
      return target;
    },

    openBox(boxed, nonce, publicKey, secretKey, target) {
      checkNonceLength(nonce);
      checkKeyLength(secretKey, 'The secret key');
      if (boxed.length < BOX_TAG_BYTES || !isAcceptablePublicKey(publicKey)) return undefined;
      const plain = target ?? new Uint8Array(boxed.length - BOX_TAG_BYTES);
      return sodium.crypto_box_open_easy(plain, boxed, nonce, publicKey, secretKey) ? plain : undefined;
    },

    secretbox(plain, nonce, key, target = new Uint8Array(plain.length + BOX_TAG_BYTES)) {
      checkNonceLength(nonce);
      checkKeyLength(key, 'The key');
      sodium.crypto_secretbox_easy(target, plain, nonce, key);
      return target;
    },

    openSecretbox(boxed, nonce, key, target) {
      checkNonceLength(nonce);
      checkKeyLength(key, 'The key');
      if (boxed.length < BOX_TAG_BYTES) return undefined;
      const plain = target ?? new Uint8Array(boxed.length - BOX_TAG_BYTES);
      return sodium.crypto_secretbox_open_easy(plain, boxed, nonce, key) ? plain : undefined;
    },

    sha256(data, target = new Uint8Array(HASH_BYTES)) {
      if (data.length >= LONG_BYTES) return sha256(data, target);
      sodium.crypto_hash_sha256(target, data);
      return target;
    },

    hmacSha256,
    ...mlKem,
    wipe: (bytes) => sodium.sodium_memzero(bytes),
    equal: constantTimeEqual,
  };
}
