import { createHash } from 'node:crypto';
import { toHex } from '../../../lib/bytes';
import type { CryptoProvider } from '../../../lib/crypto/provider';
import { readEnvelopeHeader } from '../../../lib/protocol/envelope/envelope';
import { decodeSessionMessage } from '../../../lib/protocol/session/message-kinds';

/** Kinds of the sealed messages that carry an envelope out of its sender. */
const STORE = 0x20;
const DELIVER = 0x30;

/** Every envelope that left a process, by its one-time key: a key that seals two is what must never happen. */
export class EnvelopeWatch {
  readonly #byTag = new Map<string, string>();
  readonly violations: string[] = [];

  get envelopes(): number {
    return this.#byTag.size;
  }

  note(envelope: Uint8Array): void {
    const tag = toHex(readEnvelopeHeader(envelope).tag);
    const digest = createHash('sha256').update(envelope).digest('hex');
    const before = this.#byTag.get(tag);
    if (before !== undefined && before !== digest) this.violations.push(`the key ${tag} sealed two messages`);
    this.#byTag.set(tag, digest);
  }
}

/**
 * A provider that shows the envelopes inside the session messages it seals (`seals`) or opens (`opens`).
 * Between the two ends only the session's keys, which nobody else has, could show them.
 */
export function watchEnvelopes(
  crypto: CryptoProvider,
  see: { seals?: (envelope: Uint8Array) => void; opens?: (envelope: Uint8Array) => void },
): CryptoProvider {
  return {
    ...crypto,
    secretbox(plain, nonce, ...rest) {
      if (see.seals) envelopeIn(plain, nonce, see.seals);
      return crypto.secretbox(plain, nonce, ...rest);
    },
    openSecretbox(boxed, nonce, ...rest) {
      const plain = crypto.openSecretbox(boxed, nonce, ...rest);
      if (plain && see.opens) envelopeIn(plain, nonce, see.opens);
      return plain;
    },
  };
}

/** Only session messages have a nonce that begins with a counter; what lies under a vault's secret has none. */
function envelopeIn(plain: Uint8Array, nonce: Uint8Array, see: (envelope: Uint8Array) => void): void {
  const isSession =
    nonce.subarray(0, 8).some((byte) => byte !== 0) && nonce.subarray(8).every((b) => b === 0);
  const kind = plain[0];
  if (!isSession || (kind !== STORE && kind !== DELIVER)) return;
  const message = decodeSessionMessage(kind, plain.subarray(1));
  if (message?.kind === 'store' || message?.kind === 'deliver') see(message.envelope.slice());
}
