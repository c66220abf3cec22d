import { concat } from '../../bytes';
import { labelledHash } from '../../crypto/labelled-hash';
import { NONCE_BYTES } from '../../crypto/lengths';
import type { CryptoProvider } from '../../crypto/provider';
import type { Random } from '../../platform/random';
import { KEY_ID_BYTES, type SlotCipher } from './vault-slots';

const SALT_BYTES = 6;

/**
 * A vault under a passphrase: `salt 6 | secretbox of the secret` with the nonce `slot 8 | serial 8 | salt 6 |
 * zeros 2`. Slot and serial never come twice in one vault file; the salt, drawn afresh each time, keeps the nonces of
 * two copies of a vault apart that went on separately, as after a restore.
 * @param key 32 bytes, random; held until the process ends
 */
export function slotCipherUnder(key: Uint8Array, { crypto, random }: SealParts): SlotCipher {
  return {
    keyId: vaultKeyId(key, crypto),
    seal(slot, serial, secret) {
      const salt = random.bytes(SALT_BYTES);
      return concat(salt, crypto.secretbox(secret, nonceOf(slot, serial, salt), key));
    },
    open(slot, serial, sealed) {
      const salt = sealed.subarray(0, SALT_BYTES);
      return crypto.openSecretbox(sealed.slice(SALT_BYTES), nonceOf(slot, serial, salt), key);
    },
  };
}

/** Names a key without telling it; 16 bytes. */
export function vaultKeyId(key: Uint8Array, crypto: CryptoProvider): Uint8Array {
  return labelledHash(crypto, 'vault-key-id', key).slice(0, KEY_ID_BYTES);
}

export interface SealParts {
  readonly crypto: CryptoProvider;
  readonly random: Random;
}

function nonceOf(slot: number, serial: number, salt: Uint8Array): Uint8Array {
  const nonce = new Uint8Array(NONCE_BYTES);
  const view = new DataView(nonce.buffer);
  view.setBigUint64(0, BigInt(slot));
  view.setBigUint64(8, BigInt(serial));
  nonce.set(salt, 16);
  return nonce;
}
