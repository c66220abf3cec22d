import { toHex } from '../../../lib/bytes';
import { chooseCryptoProvider } from '../../../lib/crypto/choose-provider';
import type { CryptoProvider } from '../../../lib/crypto/provider';
import { readEnvelopeHeader } from '../../../lib/protocol/envelope';
import { prekeyTag } from '../../../lib/protocol/names';
import type { KeyPair } from '../../../lib/types';
import { watchEnvelopes } from '../../chaos/support/envelope-watch';

const crypto = chooseCryptoProvider();

export interface Seen {
  readonly envelope: Uint8Array;
  readonly sender: string;
}

/** Sees every envelope that leaves a device, and knows every key pair that was ever made. */
export class Observer {
  readonly seen: Seen[] = [];
  readonly #byTag = new Map<string, Map<string, Uint8Array>>();
  readonly #pairs = new Map<string, KeyPair>();

  /** The provider of one device. */
  cryptoOf(sender: string): CryptoProvider {
    const watched = watchEnvelopes(crypto, { seals: (envelope) => this.#note(sender, envelope) });
    return {
      ...watched,
      keyPairFromSecret: (secretKey) => {
        const pair = watched.keyPairFromSecret(secretKey);
        this.#pairs.set(toHex(prekeyTag(crypto, pair.publicKey)), {
          publicKey: pair.publicKey.slice(),
          secretKey: secretKey.slice(),
        });
        return pair;
      },
    };
  }

  /** The one-time key pair to which an envelope is sealed. */
  preKeyOf(envelope: Uint8Array): KeyPair | undefined {
    return this.#pairs.get(toHex(readEnvelopeHeader(envelope).tag));
  }

  /** Different envelopes that were sealed to one key, a list for each such key. */
  sharedKeys(): Uint8Array[][] {
    return [...this.#byTag.values()].map((all) => [...all.values()]).filter(({ length }) => length > 1);
  }

  #note(sender: string, envelope: Uint8Array): void {
    const tag = toHex(readEnvelopeHeader(envelope).tag);
    const under = this.#byTag.get(tag) ?? new Map<string, Uint8Array>();
    this.#byTag.set(tag, under);
    if (under.has(toHex(envelope))) return;
    under.set(toHex(envelope), envelope);
    this.seen.push({ envelope, sender });
  }
}
