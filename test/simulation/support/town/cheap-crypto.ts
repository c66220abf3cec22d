import { concat } from '../../../../lib/bytes';
import type { CryptoProvider } from '../../../../lib/crypto/provider';
import { KEM_CIPHERTEXT_BYTES, KEM_KEY_BYTES } from '../../../../lib/crypto/kem/lengths';

/**
 * A provider with the public-key primitives of a toy: whoever knows two public keys knows what they share. Everything
 * else is real, so a wrong key or a changed byte opens nothing, as ever. It leaves a simulation of a hundred thousand
 * messages its time for what is simulated.
 */
export function cheapCrypto(real: CryptoProvider): CryptoProvider {
  const hash = (...parts: Uint8Array[]) => real.sha256(concat(...parts));
  const publicOf = (secretKey: Uint8Array) => {
    const key = hash(secretKey);
    // An acceptable public key.
    key[31]! &= 0x3f;
    return key;
  };
  const sharedOf = (one: Uint8Array, other: Uint8Array) =>
    Buffer.compare(one, other) < 0 ? hash(one, other) : hash(other, one);
  const sharedSecret = (secretKey: Uint8Array, publicKey: Uint8Array) =>
    sharedOf(publicOf(secretKey), publicKey);
  return {
    ...real,
    // Nobody looks for secrets in the memory of a simulation, and a call into a library costs as much as a hash.
    wipe: (bytes) => bytes.fill(0),
    keyPairFromSecret: (secretKey) => ({ publicKey: publicOf(secretKey), secretKey: secretKey.slice() }),
    sharedSecret,
    box: (plain, nonce, publicKey, secretKey, target) =>
      real.secretbox(plain, nonce, sharedSecret(secretKey, publicKey), target),
    openBox: (boxed, nonce, publicKey, secretKey, target) =>
      real.openSecretbox(boxed, nonce, sharedSecret(secretKey, publicKey), target),
    kemPublicKey(decapsulationKey) {
      const key = new Uint8Array(KEM_KEY_BYTES);
      key.set(hash(decapsulationKey));
      return key;
    },
    kemEncapsulate(publicKey, entropy) {
      const ciphertext = new Uint8Array(KEM_CIPHERTEXT_BYTES);
      ciphertext.set(entropy);
      return { ciphertext, secret: hash(publicKey, ciphertext) };
    },
    kemDecapsulate(decapsulationKey, ciphertext) {
      const key = new Uint8Array(KEM_KEY_BYTES);
      key.set(hash(decapsulationKey));
      return hash(key, ciphertext);
    },
  };
}
