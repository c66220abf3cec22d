import { generateKeyPair } from '../crypto/generate';
import { KEM_ENTROPY_BYTES } from '../crypto/kem/lengths';
import { checkSessionParties, deriveSessionKeys } from '../protocol/session/handshake';
import { decodeHello1, encodeHello2, encodeWake, helloEcho, type Hello1 } from '../protocol/session/hello';
import { CallTimetable } from './call-timetable';
import { checkVersion, type Agreement, type HandshakeOptions, type HandshakeSide } from './handshake-side';

/** Milliseconds that side 1 has for its hello before the first wake. */
const FIRST_WAKE_MS = 2_000;
/** More than one hello in this time is ignored: each costs an encapsulation. */
const LEAST_GAP_MS = 2_000;

/** The side with the larger identity key: it answers each hello and sends a wake while none comes. */
export class HandshakeSide2 implements HandshakeSide {
  readonly #o: HandshakeOptions;
  readonly #calls: CallTimetable;
  #lastHello = -Infinity;

  constructor(options: HandshakeOptions) {
    this.#o = options;
    const { clock, timers, onUnanswered } = options;
    this.#calls = new CallTimetable({ clock, timers, call: () => options.send(encodeWake()), onUnanswered });
  }

  begin(): void {
    this.#calls.begin(FIRST_WAKE_MS);
  }

  /** Only side 2 sends wakes. */
  takeWake(): void {}

  takeHello(bytes: Uint8Array): Agreement | undefined {
    const now = this.#o.clock.monotonic();
    if (now - this.#lastHello < LEAST_GAP_MS) return undefined;
    const hello = checkVersion(decodeHello1(bytes));
    // Side 1 echoes nothing; what does is an answer, and of those this side takes none.
    if (hello.echo.some((byte) => byte !== 0)) return undefined;
    this.#lastHello = now;
    return this.#answer(bytes, hello);
  }

  close(): void {
    this.#calls.stop();
  }

  #answer(hello1: Uint8Array, hello: Hello1): Agreement | undefined {
    const { crypto, random, identity, peer, flags, send } = this.#o;
    const ephemeral = generateKeyPair(crypto, random);
    const entropy = random.bytes(KEM_ENTROPY_BYTES);
    try {
      const parties = { identity, ephemeral, peerIdentity: peer, peerEphemeral: hello.ephemeral };
      checkSessionParties(parties);
      const { ciphertext, secret: kemSecret } = crypto.kemEncapsulate(hello.kemKey, entropy);
      const hello2 = encodeHello2({
        flags: flags(),
        ephemeral: ephemeral.publicKey,
        echo: helloEcho(crypto, hello1),
        kemCiphertext: ciphertext,
      });
      const keys = deriveSessionKeys(crypto, { side: 2, ...parties, kemSecret, hello1, hello2 });
      if (!send(hello2)) return undefined;
      this.#calls.stop();
      return { keys, flags: hello.flags };
    } finally {
      crypto.wipe(ephemeral.secretKey);
      crypto.wipe(entropy);
    }
  }
}
