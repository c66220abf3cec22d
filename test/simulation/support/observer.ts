import { toHex } from '../../../lib/bytes';
import { chooseCryptoProvider } from '../../../lib/crypto/choose-provider';
import type { CryptoProvider } from '../../../lib/crypto/provider';
import { HEADER_BYTES, readEnvelopeHeader } from '../../../lib/protocol/envelope';
import { outerNonce, outerSeed } from '../../../lib/protocol/envelope-nonces';
import { prekeyTag } from '../../../lib/protocol/names';
import type { KeyPair, PublicKey } from '../../../lib/types';
import { watchEnvelopes } from '../../chaos/support/envelope-watch';
import type { Lives, Moment } from './lives';

const crypto = chooseCryptoProvider();

export interface Seen {
  readonly envelope: Uint8Array;
  readonly sender: string;
  /** Whose one-time key it is sealed to. */
  readonly recipient: string;
  readonly preKey: KeyPair;
  readonly tag: string;
  /** Of its outer box, in hexadecimal. */
  readonly nonce: string;
  readonly left: Moment;
}

/**
 * Sees every envelope that leaves a device and every one that opens, and knows every key pair that was ever made.
 * Checks that a directory, whatever its copies did, seals one message to a key and opens one with it.
 */
export class Observer {
  readonly seen: Seen[] = [];
  readonly violations: string[] = [];
  readonly #publicKeys = new Map<string, PublicKey>();
  readonly #pairs = new Map<string, KeyPair & { readonly owner: string }>();
  readonly #byNonce = new Map<string, Seen>();
  readonly #byTag = new Map<string, Seen[]>();
  readonly #opened = new Map<string, { readonly nonce: string; readonly moment: Moment }[]>();

  constructor(private readonly lives: Lives) {}

  /** Before the device sends anything. */
  meet(device: string, publicKey: PublicKey): void {
    this.#publicKeys.set(device, publicKey);
  }

  /** The provider of one device. */
  cryptoOf(device: string): CryptoProvider {
    const watched = watchEnvelopes(crypto, { seals: (envelope) => this.#left(device, envelope) });
    return {
      ...watched,
      keyPairFromSecret: (secretKey) => {
        const pair = watched.keyPairFromSecret(secretKey);
        const kept = { publicKey: pair.publicKey.slice(), secretKey: secretKey.slice(), owner: device };
        this.#pairs.set(toHex(prekeyTag(crypto, pair.publicKey)), kept);
        return pair;
      },
      openBox: (boxed, nonce, publicKey, secretKey) => {
        const plain = watched.openBox(boxed, nonce, publicKey, secretKey);
        const seen = this.#byNonce.get(toHex(nonce));
        if (plain !== undefined && seen !== undefined) this.#noteOpened(device, seen);
        return plain;
      },
    };
  }

  /** Lists of different envelopes that were sealed to one key. */
  sharedKeys(): Seen[][] {
    return [...this.#byTag.values()].filter(({ length }) => length > 1);
  }

  #left(sender: string, envelope: Uint8Array): void {
    const tag = toHex(readEnvelopeHeader(envelope).tag);
    const others = this.#byTag.get(tag) ?? [];
    this.#byTag.set(tag, others);
    if (others.some((other) => toHex(other.envelope) === toHex(envelope))) return;
    const preKey = this.#pairs.get(tag);
    const from = this.#publicKeys.get(sender);
    const to = this.#publicKeys.get(preKey?.owner ?? '');
    if (preKey === undefined || from === undefined || to === undefined) {
      this.violations.push(`${sender} sealed to the key ${tag}, which nobody made`);
      return;
    }
    const header = envelope.slice(0, HEADER_BYTES);
    const seed = outerSeed(crypto, header, { sender: from, recipient: to, preKey: preKey.publicKey });
    const nonce = toHex(outerNonce(seed));
    const left = this.lives.now(sender);
    if (others.some((other) => other.sender !== sender))
      this.violations.push(`two devices have the key ${tag}`);
    if (others.some((other) => left.lineage.remembers(other.left)))
      this.violations.push(`the key ${tag} sealed two messages of ${sender}`);
    if (this.#byNonce.has(nonce)) this.violations.push(`the nonce ${nonce} was used twice`);
    const seen: Seen = { envelope, sender, recipient: preKey.owner, preKey, tag, nonce, left };
    others.push(seen);
    this.#byNonce.set(nonce, seen);
    this.seen.push(seen);
  }

  #noteOpened(device: string, { tag, nonce }: Seen): void {
    const moment = this.lives.now(device);
    const earlier = this.#opened.get(tag) ?? [];
    if (earlier.some((other) => other.nonce !== nonce && moment.lineage.remembers(other.moment)))
      this.violations.push(`${device} opened two messages with the key ${tag}`);
    this.#opened.set(tag, [...earlier, { nonce, moment }]);
  }
}
