import type { CryptoProvider } from '../provider';
import {
  checkDecapsulationKey,
  checkKemCiphertext,
  checkKemEntropy,
  checkKemKeyLength,
  kemKeyError,
} from './lengths';
import { nobleKem } from './noble-kem';
import { loadNodeKem } from './node-kem';

/** What one of the two implementations does with a decapsulation key; its arguments have the right lengths. */
export type KemDecapsulation = Pick<CryptoProvider, 'kemPublicKey' | 'kemDecapsulate'>;

/** Node's own where it has ML-KEM: the same bytes, several times as fast, and it wipes all that it computes with. */
const DECAPSULATION = loadNodeKem() ?? nobleKem;

/** ML-KEM-768 (FIPS 203), which both providers have in common. */
export const mlKem: KemDecapsulation & Pick<CryptoProvider, 'kemEncapsulate'> = {
  kemPublicKey(decapsulationKey) {
    checkDecapsulationKey(decapsulationKey);
    return DECAPSULATION.kemPublicKey(decapsulationKey);
  },

  /** Never Node's: it draws its randomness itself, so that no seed would replay a network and nothing could hedge it. */
  kemEncapsulate(publicKey, entropy) {
    checkKemKeyLength(publicKey);
    checkKemEntropy(entropy);
    const made = nobleKem.encapsulate(publicKey, entropy);
    if (made === undefined) throw kemKeyError();
    return made;
  },

  kemDecapsulate(decapsulationKey, ciphertext) {
    checkDecapsulationKey(decapsulationKey);
    checkKemCiphertext(ciphertext);
    return DECAPSULATION.kemDecapsulate(decapsulationKey, ciphertext);
  },
};
