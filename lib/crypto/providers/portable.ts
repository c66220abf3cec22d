import nacl from 'tweetnacl';
import type { PublicKey } from '../../types';
import { HiddenKeyPair } from '../hidden-key-pair';
import { mlKem } from '../kem/ml-kem';
import { checkKeyLength, checkNonceLength } from '../lengths';
import { constantTimeEqual, hmacSha256, sha256 } from './node-primitives';
import { x25519 } from './node-x25519';
import type { CryptoProvider } from '../provider';
import { checkPublicKey, checkSharedSecret, isAcceptablePublicKey } from '../public-key';
import { boxKeyOf } from './tweetnacl-lowlevel';

/** RFC 7748: u = 9. Node's X25519 with it is many times faster than tweetnacl's. */
const BASE_POINT = new Uint8Array(32);
BASE_POINT[0] = 9;

/**
 * The provider that works wherever Node does: tweetnacl for HSalsa20 and XSalsa20-Poly1305, Node's
 * X25519 for shared secrets. It wipes what it can reach, but JavaScript may keep copies.
 */
export function createPortableProvider(): CryptoProvider {
  const wipe = (bytes: Uint8Array) => void bytes.fill(0);

  const sharedSecret = (secretKey: Uint8Array, publicKey: PublicKey): Uint8Array => {
    checkKeyLength(secretKey, 'The secret key');
    checkKeyLength(publicKey, 'The public key');
    return checkSharedSecret(x25519(secretKey, publicKey));
  };

  /** Runs `use` with the key of the box, then wipes it. */
  const withBoxKey = <T>(secretKey: Uint8Array, publicKey: PublicKey, use: (key: Uint8Array) => T): T => {
    const shared = sharedSecret(secretKey, publicKey);
    const key = boxKeyOf(shared);
    wipe(shared);
    try {
      return use(key);
    } finally {
      wipe(key);
    }
  };

  const moved = (bytes: Uint8Array, target: Uint8Array): Uint8Array => {
    target.set(bytes);
    wipe(bytes);
    return target;
  };

  return {
    name: 'portable',

    keyPairFromSecret(secretKey) {
      checkKeyLength(secretKey, 'The secret key');
      return new HiddenKeyPair(x25519(secretKey, BASE_POINT), secretKey);
    },

    sharedSecret,

    box(plain, nonce, publicKey, secretKey, target) {
      checkNonceLength(nonce);
      checkPublicKey(publicKey, 'The public key');
      const boxed = withBoxKey(secretKey, publicKey, (key) => nacl.secretbox(plain, nonce, key));
      return target ? moved(boxed, target) : boxed;
    },

    openBox(boxed, nonce, publicKey, secretKey, target) {
      checkNonceLength(nonce);
      checkKeyLength(secretKey, 'The secret key');
      if (!isAcceptablePublicKey(publicKey)) return undefined;
      const plain = withBoxKey(secretKey, publicKey, (key) => nacl.secretbox.open(boxed, nonce, key));
      return plain && target ? moved(plain, target) : (plain ?? undefined);
    },

    secretbox(plain, nonce, key, target) {
      checkNonceLength(nonce);
      checkKeyLength(key, 'The key');
      const boxed = nacl.secretbox(plain, nonce, key);
      return target ? moved(boxed, target) : boxed;
    },

    openSecretbox(boxed, nonce, key, target) {
      checkNonceLength(nonce);
      checkKeyLength(key, 'The key');
      const plain = nacl.secretbox.open(boxed, nonce, key);
      return plain && target ? moved(plain, target) : (plain ?? undefined);
    },

    sha256,
    hmacSha256,
    ...mlKem,
    wipe,
    equal: constantTimeEqual,
  };
}
