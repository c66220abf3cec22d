import { sameBytes } from '../bytes';
import { generateKeyPair } from '../crypto/generate';
import { DECAPSULATION_KEY_BYTES } from '../crypto/kem/lengths';
import { checkSessionParties, deriveSessionKeys } from '../protocol/session/handshake';
import { decodeHello2, encodeHello1, helloEcho } from '../protocol/session/hello';
import type { KeyPair } from '../types';
import { CallTimetable } from './call-timetable';
import { checkVersion, type Agreement, type HandshakeOptions, type HandshakeSide } from './handshake-side';

/** After an answer to an older hello: how long the answer to the newest may still take. */
const STALE_ANSWER_MS = 3_000;

/** A hello that waits for its answer, with its secrets. */
interface Said {
  readonly hello: Uint8Array;
  readonly echo: Uint8Array;
  readonly ephemeral: KeyPair;
  readonly decapsulationKey: Uint8Array;
}

/**
 * The side with the smaller identity key, which begins. Every hello has fresh keys, and only an answer that echoes
 * the newest one is taken: a recorded or delayed answer agrees on nothing.
 */
export class HandshakeSide1 implements HandshakeSide {
  readonly #o: HandshakeOptions;
  readonly #calls: CallTimetable;
  #newest: Said | undefined;

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
    const { hello: hello1, ephemeral, decapsulationKey } = this.#newest;
    const { flags, ephemeral: peerEphemeral, echo, kemCiphertext } = checkVersion(decodeHello2(hello2));
    if (!sameBytes(echo, this.#newest.echo)) {
      this.#calls.begin(STALE_ANSWER_MS);
      return undefined;
    }
    const parties = { identity, ephemeral, peerIdentity: peer, peerEphemeral };
    checkSessionParties(parties);
    const kemSecret = crypto.kemDecapsulate(decapsulationKey, kemCiphertext);
    const keys = deriveSessionKeys(crypto, { side: 1, ...parties, kemSecret, hello1, hello2 });
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
    const decapsulationKey = random.bytes(DECAPSULATION_KEY_BYTES);
    const hello = encodeHello1({
      flags: flags(),
      ephemeral: ephemeral.publicKey,
      kemKey: crypto.kemPublicKey(decapsulationKey),
    });
    this.#newest = { hello, echo: helloEcho(crypto, hello), ephemeral, decapsulationKey };
    send(hello);
  }

  #forget(): void {
    if (this.#newest) {
      this.#o.crypto.wipe(this.#newest.ephemeral.secretKey);
      this.#o.crypto.wipe(this.#newest.decapsulationKey);
    }
    this.#newest = undefined;
  }
}
