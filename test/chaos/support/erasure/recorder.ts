import { concat, sameBytes, toHex } from '../../../../lib/bytes';
import { labelledHash } from '../../../../lib/crypto/labelled-hash';
import { NONCE_BYTES } from '../../../../lib/crypto/lengths';
import type { CryptoProvider } from '../../../../lib/crypto/provider';
import { labelledParts } from '../../../support/labelled-input';
import { watchEnvelopes } from '../envelope-watch';

/** The secret q of a one-time key as it lay in its record, and what it was wrapped under. */
export interface RecordedWrap {
  readonly wrapped: Uint8Array;
  /** batch 3 || index 1 */
  readonly place: Uint8Array;
  readonly keySecret: Uint8Array;
  /** The secret k of the slot. */
  readonly slotSecret: Uint8Array;
}

/** Writes down what a session seals: for an attacker who saw everything, and to know what to look for. */
export class Recorder {
  /** As they lie in the store: nonce and secretbox. */
  readonly boxes: Uint8Array[] = [];
  /** The vault's secrets under which they are. */
  readonly slotSecrets: Uint8Array[] = [];
  readonly envelopes: Uint8Array[] = [];
  /** Of keys of its own, and of its friends'. */
  readonly wraps: RecordedWrap[] = [];
  readonly crypto: CryptoProvider;
  readonly #seeds = new Map<string, Uint8Array>();
  readonly #payloadKeys = new Map<string, Uint8Array>();
  /** By the key of a wrap: the slot's secret and the place that it was made of. */
  readonly #wrapping = new Map<string, { readonly slotSecret: Uint8Array; readonly place: Uint8Array }>();

  constructor(crypto: CryptoProvider) {
    const watched = watchEnvelopes(crypto, { seals: (envelope) => this.envelopes.push(envelope) });
    this.crypto = {
      ...watched,
      sha256: (data, ...rest) => {
        const [seed] = labelledParts('key-secret', data) ?? [];
        if (seed !== undefined) this.#seeds.set(toHex(seed), seed);
        const [payloadKey] = labelledParts('chunk-key', data) ?? [];
        if (payloadKey !== undefined) this.#payloadKeys.set(toHex(payloadKey), payloadKey);
        const [slotSecret, place] = labelledParts('q-wrap', data) ?? [];
        const hash = watched.sha256(data, ...rest);
        if (slotSecret && place) this.#wrapping.set(toHex(hash), { slotSecret, place });
        return hash;
      },
      secretbox: (plain, nonce, key, ...rest) => {
        const keySecret = plain.slice();
        const slotSecret = key.slice();
        const box = watched.secretbox(plain, nonce, key, ...rest);
        const wrap = this.#wrapping.get(toHex(key));
        if (wrap !== undefined) this.wraps.push({ ...wrap, wrapped: box.slice(), keySecret });
        // Only what lies under a slot has this nonce (store/vault/slot-box.ts).
        const own = labelledHash(crypto, 'slot-nonce', key, crypto.sha256(plain)).slice(0, NONCE_BYTES);
        if (sameBytes(nonce, own)) {
          this.boxes.push(concat(nonce, box));
          this.slotSecrets.push(slotSecret);
        }
        return box;
      },
    };
  }

  /** Of all batches of keys that it gave or took. */
  get seeds(): Uint8Array[] {
    return [...this.#seeds.values()];
  }

  /** Of all large messages that it sealed or opened. */
  get payloadKeys(): Uint8Array[] {
    return [...this.#payloadKeys.values()];
  }
}
