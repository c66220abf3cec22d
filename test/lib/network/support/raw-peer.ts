import assert from 'node:assert/strict';
import { concat, sameBytes } from '../../../../lib/bytes';
import { generateKeyPair } from '../../../../lib/crypto/generate';
import type { CryptoProvider } from '../../../../lib/crypto/provider';
import type { Random } from '../../../../lib/platform/random';
import { FrameAssembler, splitIntoFrames } from '../../../../lib/protocol/session/frames';
import {
  deriveSessionKeys,
  type SessionKeys,
  type SessionKeysInput,
} from '../../../../lib/protocol/session/handshake';
import {
  decodeHello1,
  decodeHello2,
  encodeHello1,
  encodeHello2,
  HELLO,
  helloEcho,
} from '../../../../lib/protocol/session/hello';
import { openSealed, SEALED, sealMessage } from '../../../../lib/protocol/session/sealed-message';
import {
  decodeSessionMessage,
  encodeSessionMessage,
  type SessionMessage,
} from '../../../../lib/protocol/session/message-kinds';
import type { KeyPair } from '../../../../lib/types';
import type { TestTransport } from './test-transport';

const NO_TAIL: Uint8Array = new Uint8Array();
const FLAGS = { acceptsStores: true, openNode: true };

/** A friend of the network under test whose every byte the test chooses. */
export class RawPeer {
  readonly identity: KeyPair;
  keys: SessionKeys | undefined;
  readonly #crypto: CryptoProvider;
  readonly #random: Random;
  readonly #transport: TestTransport;
  readonly #frames = new FrameAssembler();
  #read = 0;
  #number = 0;
  #counter = 0;

  constructor(o: { crypto: CryptoProvider; random: Random; identity: KeyPair; transport: TestTransport }) {
    this.identity = o.identity;
    this.#crypto = o.crypto;
    this.#random = o.random;
    this.#transport = o.transport;
  }

  get other(): Uint8Array {
    return this.#transport.self;
  }

  /** Messages that came since the last call. */
  received(): Uint8Array[] {
    const { sent } = this.#transport;
    const packets = sent.slice(this.#read);
    this.#read = sent.length;
    return packets
      .filter(({ friend }) => sameBytes(friend, this.identity.publicKey))
      .flatMap(({ packet, at }) => this.#frames.accept(packet, at) ?? []);
  }

  /** Sealed messages that came since the last call and open under the peer's keys. */
  opened(keys = this.keys): SessionMessage[] {
    assert.ok(keys);
    return this.received()
      .filter((message) => message[0] === SEALED)
      .flatMap((message) => openSealed(this.#crypto, keys.receive, message) ?? [])
      .flatMap(({ kind, body }) => decodeSessionMessage(kind, body) ?? []);
  }

  send(message: Uint8Array): void {
    for (const packet of splitIntoFrames(message, this.#number++)) this.sendPacket(packet);
  }

  sendPacket(packet: Uint8Array): void {
    this.#transport.handler?.onPacket(this.identity.publicKey, packet);
  }

  /** The last hello that came, or fails. */
  lastHello(): Uint8Array {
    const hello = this.received().findLast((message) => message[0] === HELLO);
    assert.ok(hello, 'no hello came');
    return hello;
  }

  /** As side 2: answers the last hello that came. @param tail bytes of a later version */
  answer(hello1 = this.lastHello(), tail = NO_TAIL): Uint8Array {
    const ephemeral = generateKeyPair(this.#crypto, this.#random);
    const { ephemeral: theirs, kemKey } = decodeHello1(hello1);
    const { ciphertext, secret } = this.#crypto.kemEncapsulate(kemKey, this.#random.bytes(32));
    const echo = helloEcho(this.#crypto, hello1);
    const fields = { flags: FLAGS, ephemeral: ephemeral.publicKey, echo, kemCiphertext: ciphertext };
    const hello2 = concat(encodeHello2(fields), tail);
    this.#agree({ side: 2, ephemeral, peerEphemeral: theirs, kemSecret: secret, hello1, hello2 });
    this.send(hello2);
    return hello2;
  }

  /** As side 1: says hello and takes the answer. @param tail bytes of a later version */
  greet(tail?: Uint8Array): void {
    const { hello: hello1, ephemeral, decapsulationKey } = this.sayHello(tail);
    const hello2 = this.lastHello();
    const { ephemeral: peerEphemeral, kemCiphertext } = decodeHello2(hello2);
    const kemSecret = this.#crypto.kemDecapsulate(decapsulationKey, kemCiphertext);
    this.#agree({ side: 1, ephemeral, peerEphemeral, kemSecret, hello1, hello2 });
  }

  /** As side 1: only says hello. */
  sayHello(tail = NO_TAIL) {
    const ephemeral = generateKeyPair(this.#crypto, this.#random);
    const decapsulationKey = this.#random.bytes(64);
    const kemKey = this.#crypto.kemPublicKey(decapsulationKey);
    const hello = concat(encodeHello1({ flags: FLAGS, ephemeral: ephemeral.publicKey, kemKey }), tail);
    this.received();
    this.send(hello);
    return { hello, ephemeral, decapsulationKey };
  }

  seal(kind: number, body: Uint8Array, counter = ++this.#counter, keys = this.keys): Uint8Array {
    assert.ok(keys);
    return sealMessage(this.#crypto, keys.send, counter, kind, body);
  }

  sealMessage(message: SessionMessage, counter?: number, keys?: SessionKeys): Uint8Array {
    const { kind, body } = encodeSessionMessage(message);
    return this.seal(kind, body, counter, keys);
  }

  say(message: SessionMessage): void {
    this.send(this.sealMessage(message));
  }

  /** Shows that the peer has the session's keys, and says nothing by it. */
  prove(): void {
    this.say({ kind: 'receipts-confirmed', messageIds: [new Uint8Array(32)] });
  }

  #agree(agreed: Omit<SessionKeysInput, 'identity' | 'peerIdentity'>): void {
    this.#counter = 0;
    this.keys = deriveSessionKeys(this.#crypto, {
      ...agreed,
      identity: this.identity,
      peerIdentity: this.other,
    });
  }
}
