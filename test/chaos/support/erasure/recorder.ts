import { concat, sameBytes } from '../../../../lib/bytes';
import { labelledHash } from '../../../../lib/crypto/labelled-hash';
import { NONCE_BYTES } from '../../../../lib/crypto/lengths';
import type { CryptoProvider } from '../../../../lib/crypto/provider';
import { watchEnvelopes } from '../envelope-watch';

/** Writes down what a session seals: for an attacker who saw everything, and to know what to look for. */
export class Recorder {
  /** As they lie in the store: nonce and secretbox. */
  readonly boxes: Uint8Array[] = [];
  /** The vault's secrets under which they are. */
  readonly slotSecrets: Uint8Array[] = [];
  readonly envelopes: Uint8Array[] = [];
  readonly crypto: CryptoProvider;

  constructor(crypto: CryptoProvider) {
    const watched = watchEnvelopes(crypto, { seals: (envelope) => this.envelopes.push(envelope) });
    this.crypto = {
      ...watched,
      secretbox: (plain, nonce, key) => {
        const box = watched.secretbox(plain, nonce, key);
        // Only what lies under a slot has this nonce (store/vault/slot-box.ts).
        const own = labelledHash(crypto, 'slot-nonce', key, crypto.sha256(plain)).slice(0, NONCE_BYTES);
        if (sameBytes(nonce, own)) {
          this.boxes.push(concat(nonce, box));
          this.slotSecrets.push(key.slice());
        }
        return box;
      },
    };
  }
}
