import { concat } from '../../bytes';
import type { CryptoProvider } from '../../crypto/provider';
import { ToxAsyncError } from '../../errors';
import { ByteWriter } from '../byte-writer';

/**
 * A message inside a session: 0x02 | counter 8 | secretbox(kind || body, counter || 16 zeros, key of the direction)
 * (docs/PROTOCOL.md, "Session").
 */

/** First byte of a sealed message. */
export const SEALED = 0x02;

const PREFIX_BYTES = 9;

export interface SealedMessage {
  /** From 1; the caller refuses one that is not above the last. */
  readonly counter: number;
  readonly kind: number;
  readonly body: Uint8Array;
}

/**
 * @param counter 1 for the first message under this key, strictly rising: it is the nonce
 * @throws ErrInvalidArgument
 */
export function sealMessage(
  crypto: CryptoProvider,
  key: Uint8Array,
  counter: number,
  kind: number,
  body: Uint8Array,
): Uint8Array {
  if (counter < 1)
    throw new ToxAsyncError('ErrInvalidArgument', 'The counter of a sealed message starts at 1.');
  const prefix = new ByteWriter('sealed message').u8(SEALED).u64(counter).done();
  const plain = new ByteWriter('sealed message').u8(kind).bytes(body).done();
  const sealed = concat(prefix, crypto.secretbox(plain, nonceOf(prefix), key));
  crypto.wipe(plain);
  return sealed;
}

/** undefined when the bytes have another form or do not verify. */
export function openSealed(
  crypto: CryptoProvider,
  key: Uint8Array,
  bytes: Uint8Array,
): SealedMessage | undefined {
  if (bytes.length < PREFIX_BYTES || bytes[0] !== SEALED) return undefined;
  const prefix = bytes.subarray(0, PREFIX_BYTES);
  const counter = Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getBigUint64(1));
  if (counter < 1 || counter > Number.MAX_SAFE_INTEGER) return undefined;
  const plain = crypto.openSecretbox(bytes.subarray(PREFIX_BYTES), nonceOf(prefix), key);
  const kind = plain?.[0];
  if (plain === undefined || kind === undefined) return undefined;
  return { counter, kind, body: plain.subarray(1) };
}

/** counter || 16 zeros. */
function nonceOf(prefix: Uint8Array): Uint8Array {
  const nonce = new Uint8Array(24);
  nonce.set(prefix.subarray(1));
  return nonce;
}
