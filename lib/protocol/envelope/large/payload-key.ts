import { concat } from '../../../bytes';
import { labelledHash } from '../../../crypto/labelled-hash';
import type { CryptoProvider } from '../../../crypto/provider';

export interface PayloadKeyInput {
  /** The 32 bytes in the vault slot under which the plaintext lies. */
  readonly secret: Uint8Array;
  readonly messageId: Uint8Array;
  /** Inner type, 0..3. */
  readonly inner: number;
  /** The flags of the content, as the head has them. */
  readonly flags: number;
  /** UTF-8. */
  readonly label: Uint8Array;
  /** The whole payload as it travels. */
  readonly data: Uint8Array;
}

/**
 * The key of the chunks of a large message, 32 bytes: made anew from what the sender keeps anyway, and another for other
 * bytes, so that no two payloads are ever sealed alike. No byte of its making travels.
 */
export function payloadKey(crypto: CryptoProvider, input: PayloadKeyInput): Uint8Array {
  const { secret, messageId, inner, flags, label, data } = input;
  const content = concat(new Uint8Array([inner, flags]), label, new Uint8Array(1), data);
  const digest = crypto.sha256(content);
  crypto.wipe(content);
  return labelledHash(crypto, 'payload-key', secret, messageId, digest);
}
