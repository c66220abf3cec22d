import { sameBytes } from '../bytes';
import { generateKeyPair } from '../crypto/generate';
import { deriveSessionKeys, ECHO_BYTES, encodeHello, helloEcho } from '../protocol/session/handshake';
import type { KeyPair } from '../types';
import { CallTimetable } from './call-timetable';
import { readHello, type Agreement, type HandshakeOptions, type HandshakeSide } from './handshake-side';

const NO_ECHO = new Uint8Array(ECHO_BYTES);
/** After an answer to an older hello: how long the answer to the newest may still take. */
const STALE_ANSWER_MS = 3_000;

/**
 * The side with the smaller identity key, which begins. Every hello has a fresh ephemeral key, and only an
 * answer that echoes the newest one is taken: a recorded or delayed answer agrees on nothing.
 */
export class HandshakeSide1 implements HandshakeSide {
  readonly #o: HandshakeOptions;
  readonly #calls: CallTimetable;
  #newest: { readonly ephemeral: KeyPair; readonly hello: Uint8Array } | undefined;

  constructor(options: HandshakeOptions) {
    this.#o = options;
    const { clock, timers, onUnanswered } = options;
    this.#calls = new CallTimetable({ clock, timers, call: () => this.#sayHello(), onUnanswered });
  }

  begin(): void {
    this.#calls.begin(0);
  }

  /** The peer has seen no hello of ours in its connection, whatever we think of it. */
  takeWake(): void {
    this.#calls.begin(0);
  }

  takeHello(hello2: Uint8Array): Agreement | undefined {
    if (!this.#newest) return undefined;
    const { crypto, identity, peer } = this.#o;
    const { hello: hello1, ephemeral } = this.#newest;
    const { flags, ephemeral: peerEphemeral, echo } = readHello(hello2);
    if (!sameBytes(echo, helloEcho(crypto, hello1))) {
      this.#calls.begin(STALE_ANSWER_MS);
      return undefined;
    }
    const keys = deriveSessionKeys(crypto, {
      side: 1,
      identity,
      ephemeral,
      peerIdentity: peer,
      peerEphemeral,
      hello1,
      hello2,
    });
    this.close();
    return { keys, flags };
  }

  close(): void {
    this.#calls.stop();
    this.#forget();
  }

  #sayHello(): void {
    const { crypto, random, flags, send } = this.#o;
    this.#forget();
    const ephemeral = generateKeyPair(crypto, random);
    const hello = encodeHello({ flags: flags(), ephemeral: ephemeral.publicKey, echo: NO_ECHO });
    this.#newest = { ephemeral, hello };
    send(hello);
  }

  #forget(): void {
    if (this.#newest) this.#o.crypto.wipe(this.#newest.ephemeral.secretKey);
    this.#newest = undefined;
  }
}
