import { BOX_TAG_BYTES, NONCE_BYTES } from '../../crypto/lengths';
import type { CryptoProvider } from '../../crypto/provider';
import { ToxAsyncError } from '../../errors';

/**
 * A message inside a session: 0x02 | counter 8 | secretbox(kind || body, counter || 16 zeros, key of the direction)
 * (docs/PROTOCOL.md, "Session").
 */

/** First byte of a sealed message. */
export const SEALED = 0x02;

const PREFIX_BYTES = 9;

/** counter || 16 zeros, for one call at a time. */
const NONCE = new Uint8Array(NONCE_BYTES);
/** Where most plaintexts are put together, one after the other: memory for each alone would cost more than to seal it. */
const PLAIN = new Uint8Array(2048);

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
  if (!Number.isSafeInteger(counter) || counter < 1) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      'The counter of a sealed message is a whole number from 1 to 2^53 - 1.',
    );
  }
  if (!Number.isInteger(kind) || kind < 0 || kind > 0xff)
    throw new ToxAsyncError('ErrInvalidArgument', 'The kind of a sealed message is a byte.');
  const sealed = new Uint8Array(PREFIX_BYTES + 1 + body.length + BOX_TAG_BYTES);
  sealed[0] = SEALED;
  const view = new DataView(sealed.buffer);
  view.setUint32(1, Math.floor(counter / 2 ** 32));
  view.setUint32(5, counter % 2 ** 32);
  const length = 1 + body.length;
  const plain = length <= PLAIN.length ? PLAIN.subarray(0, length) : new Uint8Array(length);
  try {
    plain[0] = kind;
    plain.set(body, 1);
    crypto.secretbox(plain, nonceOf(sealed), key, sealed.subarray(PREFIX_BYTES));
    return sealed;
  } finally {
    crypto.wipe(plain);
  }
}

/** undefined when the bytes have another form or do not verify. */
export function openSealed(
  crypto: CryptoProvider,
  key: Uint8Array,
  bytes: Uint8Array,
): SealedMessage | undefined {
  if (bytes.length < PREFIX_BYTES || bytes[0] !== SEALED) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const counter = view.getUint32(1) * 2 ** 32 + view.getUint32(5);
  if (counter < 1 || counter > Number.MAX_SAFE_INTEGER) return undefined;
  const plain = crypto.openSecretbox(bytes.subarray(PREFIX_BYTES), nonceOf(bytes), key);
  const kind = plain?.[0];
  if (plain === undefined || kind === undefined) return undefined;
  return { counter, kind, body: plain.subarray(1) };
}

/** Valid until the next call. */
function nonceOf(message: Uint8Array): Uint8Array {
  for (let i = 1; i < PREFIX_BYTES; i += 1) NONCE[i - 1] = message[i] ?? 0;
  return NONCE;
}
