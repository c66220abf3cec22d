import assert from 'node:assert/strict';
import { sameBytes } from '../../../../lib/bytes';
import { generateKeyPair } from '../../../../lib/crypto/generate';
import type { CryptoProvider } from '../../../../lib/crypto/provider';
import type { Random } from '../../../../lib/platform/random';
import { FrameAssembler, splitIntoFrames } from '../../../../lib/protocol/session/frames';
import {
  decodeHello,
  deriveSessionKeys,
  encodeHello,
  HELLO,
  helloEcho,
  type SessionKeys,
} from '../../../../lib/protocol/session/handshake';
import { openSealed, SEALED, sealMessage } from '../../../../lib/protocol/session/sealed-message';
import {
  decodeSessionMessage,
  encodeSessionMessage,
  type SessionMessage,
} from '../../../../lib/protocol/session/message-kinds';
import type { KeyPair } from '../../../../lib/types';
import type { TestTransport } from './test-transport';

const NO_ECHO = new Uint8Array(8);
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

  /** As side 2: answers the last hello that came. */
  answer(hello1 = this.lastHello()): Uint8Array {
    const ephemeral = generateKeyPair(this.#crypto, this.#random);
    const echo = helloEcho(this.#crypto, hello1);
    const hello2 = encodeHello({ flags: FLAGS, ephemeral: ephemeral.publicKey, echo });
    this.#agree(2, ephemeral, hello1, hello2);
    this.send(hello2);
    return hello2;
  }

  /** As side 1: says hello and takes the answer. */
  greet(): void {
    const { hello, ephemeral } = this.sayHello();
    this.#agree(1, ephemeral, hello, this.lastHello());
  }

  /** As side 1: only says hello. */
  sayHello(): { hello: Uint8Array; ephemeral: KeyPair } {
    const ephemeral = generateKeyPair(this.#crypto, this.#random);
    const hello = encodeHello({ flags: FLAGS, ephemeral: ephemeral.publicKey, echo: NO_ECHO });
    this.received();
    this.send(hello);
    return { hello, ephemeral };
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

  #agree(side: 1 | 2, ephemeral: KeyPair, hello1: Uint8Array, hello2: Uint8Array): void {
    this.#counter = 0;
    this.keys = deriveSessionKeys(this.#crypto, {
      side,
      identity: this.identity,
      ephemeral,
      peerIdentity: this.other,
      peerEphemeral: decodeHello(side === 1 ? hello2 : hello1).ephemeral,
      hello1,
      hello2,
    });
  }
}
