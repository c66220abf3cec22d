import { toHex } from '../../../lib/bytes';
import { chooseCryptoProvider } from '../../../lib/crypto/providers/choose-provider';
import type { CryptoProvider } from '../../../lib/crypto/provider';
import { HEADER_BYTES, readEnvelopeHeader } from '../../../lib/protocol/envelope/envelope';
import { outerNonce, outerSeed } from '../../../lib/protocol/envelope/envelope-nonces';
import { prekeyTag } from '../../../lib/protocol/names';
import type { KeyPair, PublicKey } from '../../../lib/types';
import { decodeSessionMessage } from '../../../lib/protocol/session/message-kinds';
import { watchEnvelopes } from '../../chaos/support/envelope-watch';
import { labelledParts } from '../../support/labelled-input';
import type { Copy, Lives, Moment } from './lives';

const crypto = chooseCryptoProvider();

/** A sealed message: kind 1 | request 4 | code 1. */
const DELIVER_ANSWER = 0x31;
const DELIVER_ANSWER_BYTES = 6;

export interface Seen {
  readonly envelope: Uint8Array;
  readonly sender: string;
  /** Whose one-time key it is sealed to. */
  readonly recipient: string;
  readonly preKey: KeyPair;
  /** The secret q of that key. */
  readonly keySecret: Uint8Array;
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
  /** Answers to deliveries of our own that said so. */
  unknownTags = 0;
  readonly #publicKeys = new Map<string, PublicKey>();
  readonly #pairs = new Map<string, KeyPair & { readonly owner: string }>();
  /** The secret q of a one-time key by the key of an outer box, and by its nonce. */
  readonly #keySecrets = new Map<string, Uint8Array>();
  readonly #sealedWith = new Map<string, Uint8Array>();
  readonly #byNonce = new Map<string, Seen>();
  readonly #byTag = new Map<string, Seen[]>();
  readonly #opened = new Map<string, { readonly nonce: string; readonly moment: Moment }[]>();

  constructor(private readonly lives: Lives) {}

  /** Before the device sends anything. */
  meet(device: string, publicKey: PublicKey): void {
    this.#publicKeys.set(device, publicKey);
  }

  /** The provider of one copy of an identity. */
  cryptoOf(copy: Copy): CryptoProvider {
    const watched = watchEnvelopes(crypto, { seals: (envelope) => this.#left(copy, envelope) });
    return {
      ...watched,
      keyPairFromSecret: (secretKey) => {
        const pair = watched.keyPairFromSecret(secretKey);
        const kept = { publicKey: pair.publicKey.slice(), secretKey: secretKey.slice(), owner: copy.name };
        this.#pairs.set(toHex(prekeyTag(crypto, pair.publicKey)), kept);
        return pair;
      },
      sha256: (data, ...rest) => {
        const q = labelledParts('outer-key', data)?.[1];
        const key = watched.sha256(data, ...rest);
        if (q !== undefined) this.#keySecrets.set(toHex(key), q);
        return key;
      },
      secretbox: (plain, nonce, key, ...rest) => {
        const q = this.#keySecrets.get(toHex(key));
        if (q !== undefined) this.#sealedWith.set(toHex(nonce), q);
        return watched.secretbox(plain, nonce, key, ...rest);
      },
      openSecretbox: (boxed, nonce, ...rest) => {
        const plain = watched.openSecretbox(boxed, nonce, ...rest);
        const seen = this.#byNonce.get(toHex(nonce));
        if (plain !== undefined) this.#noteAnswer(plain);
        if (plain !== undefined && seen !== undefined) this.#noteOpened(copy, seen);
        return plain;
      },
    };
  }

  /** Lists of different envelopes that were sealed to one key. */
  sharedKeys(): Seen[][] {
    return [...this.#byTag.values()].filter(({ length }) => length > 1);
  }

  #noteAnswer(plain: Uint8Array): void {
    if (plain[0] !== DELIVER_ANSWER || plain.length !== DELIVER_ANSWER_BYTES) return;
    const message = decodeSessionMessage(DELIVER_ANSWER, plain.subarray(1));
    if (message?.kind === 'deliver-answer' && message.code === 'unknown-tag') this.unknownTags += 1;
  }

  #left(by: Copy, envelope: Uint8Array): void {
    const sender = by.name;
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
    const keySecret = this.#sealedWith.get(nonce);
    if (keySecret === undefined) {
      this.violations.push(`${sender} sent what nobody sealed to the key ${tag}`);
      return;
    }
    const left = this.lives.now(by);
    if (others.some((other) => other.sender !== sender))
      this.violations.push(`two devices have the key ${tag}`);
    if (others.some((other) => left.lineage.remembers(other.left)))
      this.violations.push(`the key ${tag} sealed two messages of ${sender}`);
    if (this.#byNonce.has(nonce)) this.violations.push(`the nonce ${nonce} was used twice`);
    const seen: Seen = { envelope, sender, recipient: preKey.owner, preKey, keySecret, tag, nonce, left };
    others.push(seen);
    this.#byNonce.set(nonce, seen);
    this.seen.push(seen);
  }

  #noteOpened(by: Copy, { tag, nonce }: Seen): void {
    const moment = this.lives.now(by);
    const earlier = this.#opened.get(tag) ?? [];
    if (earlier.some((other) => other.nonce !== nonce && moment.lineage.remembers(other.moment)))
      this.violations.push(`${by.copy} opened two messages with the key ${tag}`);
    this.#opened.set(tag, [...earlier, { nonce, moment }]);
  }
}
