import type { CryptoProvider } from '../../../../lib/crypto/provider';
import { watchEnvelopes } from '../envelope-watch';

/** Writes down what a session seals: for an attacker who saw everything, and to know what to look for. */
export class Recorder {
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
        if (nonce.every((byte) => byte === 0)) {
          this.boxes.push(box.slice());
          this.slotSecrets.push(key.slice());
        }
        return box;
      },
    };
  }
}
