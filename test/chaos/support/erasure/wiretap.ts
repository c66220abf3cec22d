import { sameBytes, toHex } from '../../../../lib/bytes';
import { labelledHash } from '../../../../lib/crypto/labelled-hash';
import type { CryptoProvider } from '../../../../lib/crypto/provider';
import { FrameAssembler } from '../../../../lib/protocol/session/frames';
import { sideOf } from '../../../../lib/protocol/session/handshake';
import { decodeHello2, HELLO, helloEcho } from '../../../../lib/protocol/session/hello';
import { openSealed } from '../../../../lib/protocol/session/sealed-message';
import type { PublicKey } from '../../../../lib/types';

/** First byte of a sealed message. */
const SEALED = 0x02;
const EPHEMERAL_AT = 5;

interface TappedMessage {
  readonly from: PublicKey;
  readonly to: PublicKey;
  readonly bytes: Uint8Array;
}

/** A key agreement that was recorded. */
export interface TappedSession {
  readonly side1: PublicKey;
  readonly side2: PublicKey;
  readonly hello1: Uint8Array;
  readonly hello2: Uint8Array;
  readonly ephemeral1: PublicKey;
  readonly ephemeral2: PublicKey;
  readonly ciphertext: Uint8Array;
}

/** What somebody believes to have gone into the keys of a session. */
export interface SessionSecrets {
  /** X(id1,e2), X(e1,id2), X(e1,e2) */
  readonly shared: readonly [Uint8Array, Uint8Array, Uint8Array];
  readonly kemSecret: Uint8Array;
}

/**
 * Records every packet of a network. Beside it stand what only breaking a primitive would give: every secret key of
 * X25519 by its public half, and every secret of ML-KEM by its ciphertext.
 */
export class Wiretap {
  readonly messages: TappedMessage[] = [];
  readonly secretKeys = new Map<string, Uint8Array>();
  readonly kemSecrets = new Map<string, Uint8Array>();
  readonly #assemblers = new Map<string, FrameAssembler>();

  constructor(private readonly crypto: CryptoProvider) {}

  /** The provider of a device that is watched. */
  watch(crypto: CryptoProvider): CryptoProvider {
    return {
      ...crypto,
      keyPairFromSecret: (secretKey) => {
        const pair = crypto.keyPairFromSecret(secretKey);
        this.secretKeys.set(toHex(pair.publicKey), secretKey.slice());
        return pair;
      },
      kemEncapsulate: (...args) => {
        const made = crypto.kemEncapsulate(...args);
        this.kemSecrets.set(toHex(made.ciphertext), made.secret.slice());
        return made;
      },
    };
  }

  note(from: PublicKey, to: PublicKey, packet: Uint8Array): void {
    const lane = toHex(from) + toHex(to);
    const assembler = this.#assemblers.get(lane) ?? new FrameAssembler();
    this.#assemblers.set(lane, assembler);
    const bytes = assembler.accept(packet.slice(), 0);
    if (bytes !== undefined) this.messages.push({ from, to, bytes: bytes.slice() });
  }

  /** Every hello of side 2 with the one that it answers. */
  get sessions(): TappedSession[] {
    const hellos = this.messages.filter(({ bytes }) => bytes[0] === HELLO);
    const fromSide = (side: 1 | 2) => hellos.filter(({ from, to }) => sideOf(from, to) === side);
    return fromSide(2).flatMap(({ from: side2, to: side1, bytes: hello2 }) => {
      const { echo, ephemeral, kemCiphertext } = decodeHello2(hello2);
      const first = fromSide(1).find(({ bytes }) => sameBytes(helloEcho(this.crypto, bytes), echo));
      if (first === undefined) return [];
      const ephemeral1 = first.bytes.slice(EPHEMERAL_AT, EPHEMERAL_AT + 32);
      const ephemerals = { ephemeral1, ephemeral2: ephemeral };
      return [{ side1, side2, hello1: first.bytes, hello2, ...ephemerals, ciphertext: kemCiphertext }];
    });
  }

  /** X25519 of two public keys, for somebody who has the secret of the first. */
  shared(known: PublicKey, other: PublicKey): Uint8Array {
    const secretKey = this.secretKeys.get(toHex(known));
    if (secretKey === undefined) throw new Error('nobody made this key');
    return this.crypto.sharedSecret(secretKey, other);
  }

  /** All that was said in a session, if these are its secrets: kind and body of each message. */
  listen(
    session: TappedSession,
    { shared, kemSecret }: SessionSecrets,
  ): { kind: number; body: Uint8Array }[] {
    const { side1, side2, hello1, hello2 } = session;
    const hellos = [hello1.slice(1), hello2.slice(1)];
    const k = labelledHash(this.crypto, 'session', ...shared, kemSecret, side1, side2, ...hellos);
    const keys = ['key-1-to-2', 'key-2-to-1'].map((label) => labelledHash(this.crypto, label, k));
    return this.messages
      .filter(({ bytes, from, to }) => bytes[0] === SEALED && isBetween(session, from, to))
      .flatMap(({ bytes }) => keys.flatMap((key) => openSealed(this.crypto, key, bytes) ?? []));
  }
}

function isBetween({ side1, side2 }: TappedSession, from: PublicKey, to: PublicKey): boolean {
  return [side1, side2].every((side) => sameBytes(side, from) || sameBytes(side, to));
}
