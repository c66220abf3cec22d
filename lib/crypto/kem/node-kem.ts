import nodeCrypto, { createPublicKey, type KeyObject } from 'node:crypto';
import { fromHex } from '../../bytes';
import { privateKeyOf } from '../pkcs8';
import type { KemDecapsulation } from './ml-kem';
import { DECAPSULATION_KEY_BYTES, KEM_CIPHERTEXT_BYTES, KEM_KEY_BYTES } from './lengths';

/** In node:crypto since 24.7, for keys that its OpenSSL knows. */
interface NodeKem {
  decapsulate(key: KeyObject, ciphertext: Uint8Array): Buffer;
}

/** PKCS #8 of an ML-KEM-768 key in its seed form, up to the seed. */
const PKCS8_START = fromHex('3054020100300b060960864801650304040204428040') ?? new Uint8Array();

/** ML-KEM-768 by Node's OpenSSL; undefined where Node is older or built with an OpenSSL that has none. */
export function loadNodeKem(): KemDecapsulation | undefined {
  const { decapsulate } = nodeCrypto as typeof nodeCrypto & Partial<NodeKem>;
  if (decapsulate === undefined) return undefined;
  const kem = createNodeKem(decapsulate);
  try {
    const trialKey = new Uint8Array(DECAPSULATION_KEY_BYTES);
    kem.kemPublicKey(trialKey);
    kem.kemDecapsulate(trialKey, new Uint8Array(KEM_CIPHERTEXT_BYTES));
    return kem;
  } catch {
    return undefined;
  }
}

function createNodeKem(decapsulate: NodeKem['decapsulate']): KemDecapsulation {
  return {
    kemPublicKey(decapsulationKey) {
      const spki = createPublicKey(imported(decapsulationKey)).export({ format: 'der', type: 'spki' });
      return new Uint8Array(spki.subarray(spki.length - KEM_KEY_BYTES));
    },

    kemDecapsulate(decapsulationKey, ciphertext) {
      const secret = decapsulate(imported(decapsulationKey), ciphertext);
      return new Uint8Array(secret.buffer, secret.byteOffset, secret.length);
    },
  };
}

function imported(decapsulationKey: Uint8Array): KeyObject {
  return privateKeyOf(PKCS8_START, decapsulationKey);
}
