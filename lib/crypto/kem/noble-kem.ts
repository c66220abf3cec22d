import type { KemEncapsulation } from '../provider';
import { loadMlKem768 } from './noble-loader';

/** ML-KEM-768 in JavaScript. It wipes the keys that it expands; the engine may keep copies. */
export const nobleKem = {
  kemPublicKey(decapsulationKey: Uint8Array): Uint8Array {
    const { publicKey, secretKey } = loadMlKem768().keygen(decapsulationKey);
    secretKey.fill(0);
    return publicKey;
  },

  /** undefined for a public key with a coefficient out of range, the only thing it refuses at the right lengths. */
  encapsulate(publicKey: Uint8Array, entropy: Uint8Array): KemEncapsulation | undefined {
    const mlKem768 = loadMlKem768();
    try {
      const { cipherText: ciphertext, sharedSecret: secret } = mlKem768.encapsulate(publicKey, entropy);
      return { ciphertext, secret };
    } catch {
      return undefined;
    }
  },

  kemDecapsulate(decapsulationKey: Uint8Array, ciphertext: Uint8Array): Uint8Array {
    const mlKem768 = loadMlKem768();
    const { secretKey } = mlKem768.keygen(decapsulationKey);
    try {
      return mlKem768.decapsulate(ciphertext, secretKey);
    } finally {
      secretKey.fill(0);
    }
  },
};
