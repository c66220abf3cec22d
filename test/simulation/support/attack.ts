import { chooseCryptoProvider } from '../../../lib/crypto/providers/choose-provider';
import { HEADER_BYTES, readEnvelopeHeader } from '../../../lib/protocol/envelope/envelope';
import { outerKey, outerNonce, outerSeed } from '../../../lib/protocol/envelope/envelope-nonces';
import type { PublicKey } from '../../../lib/types';

const crypto = chooseCryptoProvider();

/** All that is public about an envelope, the one-time key included, and the secret q of that key. */
export interface PublicKnowledge {
  readonly envelope: Uint8Array;
  readonly sender: PublicKey;
  readonly recipient: PublicKey;
  readonly preKey: PublicKey;
  readonly keySecret: Uint8Array;
}

/**
 * Tries a stolen secret with every public key around an envelope, under the right nonce: whatever key agreement
 * could be behind its outer box, this finds it. @returns whether it opens
 */
export function opensWith(secret: Uint8Array, known: PublicKnowledge): boolean {
  const { envelope, sender, recipient, preKey, keySecret } = known;
  const header = envelope.slice(0, HEADER_BYTES);
  const nonce = outerNonce(outerSeed(crypto, header, { sender, recipient, preKey })).slice();
  const box = envelope.slice(HEADER_BYTES);
  return [readEnvelopeHeader(envelope).ephemeral, preKey, sender, recipient].some(
    (publicKey) =>
      crypto.openSecretbox(box, nonce, outerKey(crypto, secret, publicKey.slice(), keySecret)) !== undefined,
  );
}
