import { isUtf8 } from 'node:buffer';
import { concat } from '../bytes';
import { MAX_MESSAGE_LIFETIME } from '../constants';
import type { CryptoProvider } from '../crypto/provider';
import { checkPublicKey } from '../crypto/public-key';
import { ToxAsyncError } from '../errors';
import type { KeyPair, PublicKey } from '../types';
import { ByteWriter } from './byte-writer';
import { bucketFor, ENVELOPE_VERSION } from './envelope';
import { innerNonce, outerNonce, outerSeed } from './envelope-nonces';
import { isTextType } from './message-types';
import { mailboxOf, MESSAGE_ID_BYTES, prekeyTag, storageIdOf } from './names';
import { encodePlaintext } from './plaintext';

export interface SealInput {
  readonly sender: KeyPair;
  readonly recipient: PublicKey;
  /** A one-time key of the recipient that seals nothing else. */
  readonly preKey: PublicKey;
  /** A fresh pair for this envelope alone; its secret is wiped, whatever happens. */
  readonly ephemeral: KeyPair;
  /** 32 bytes. */
  readonly messageId: Uint8Array;
  /** Unix seconds, 0 = no clock. */
  readonly timestamp: number;
  /** Seconds from acceptance, 1..MAX_MESSAGE_LIFETIME. */
  readonly lifetime: number;
  /** A byte; see message-types.ts. */
  readonly type: number;
  readonly data: Uint8Array;
}

export interface SealedEnvelope {
  /** All that travels. */
  readonly envelope: Uint8Array;
  /** SPEC.md's box and its nonce. */
  readonly inner: Uint8Array;
  readonly innerNonce: Uint8Array;
  readonly storageId: Uint8Array;
  readonly tag: Uint8Array;
}

/**
 * Seals one message to one one-time key (docs/PROTOCOL.md, "Envelope"): SPEC.md's box, which proves the sender,
 * inside a box from the ephemeral key, which hides the sender and is lost with that key.
 * @throws ErrMessageEmpty, ErrMessageTooLarge, ErrInvalidKey, ErrInvalidArgument (lifetime, timestamp, message id,
 * type, or a text that is not UTF-8)
 */
export function sealEnvelope(crypto: CryptoProvider, input: SealInput): SealedEnvelope {
  try {
    return seal(crypto, input);
  } finally {
    crypto.wipe(input.ephemeral.secretKey);
  }
}

function seal(crypto: CryptoProvider, input: SealInput): SealedEnvelope {
  const { sender, recipient, preKey, ephemeral } = input;
  const own = [sender.publicKey, ephemeral.publicKey];
  checkPublicKey(recipient, 'The recipient', ...own);
  checkPublicKey(preKey, 'The one-time key', ...own);
  const fields = encodeFields(input);
  const plain = encodeText(input);
  const tag = prekeyTag(crypto, preKey);
  const version = new Uint8Array([ENVELOPE_VERSION]);
  const header = concat(version, mailboxOf(crypto, recipient), tag, ephemeral.publicKey);
  const seed = outerSeed(crypto, header, { sender: sender.publicKey, recipient, preKey });
  const nonce = innerNonce(crypto, seed, fields);
  const inner = crypto.box(plain, nonce, preKey, sender.secretKey);
  const padding = new Uint8Array((bucketFor(plain.length) ?? plain.length) - plain.length);
  crypto.wipe(plain);
  const content = new ByteWriter('envelope')
    .bytes(fields)
    .u16(inner.length)
    .bytes(inner)
    .bytes(padding)
    .done();
  const outer = crypto.box(content, outerNonce(seed), preKey, ephemeral.secretKey);
  crypto.wipe(content);
  const envelope = concat(header, outer);
  return { envelope, inner, innerNonce: nonce, storageId: storageIdOf(crypto, envelope), tag };
}

/** message id 32 | timestamp 8 | lifetime 4 */
function encodeFields({ messageId, timestamp, lifetime }: SealInput): Uint8Array {
  if (lifetime < 1 || lifetime > MAX_MESSAGE_LIFETIME) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      `The lifetime of a message is 1 to ${MAX_MESSAGE_LIFETIME} seconds, not ${lifetime}.`,
    );
  }
  const w = new ByteWriter('envelope');
  return w.fixed(messageId, MESSAGE_ID_BYTES).timestamp(timestamp).u32(lifetime).done();
}

function encodeText({ type, data }: SealInput): Uint8Array {
  if (isTextType(type) && !isUtf8(data)) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      'A text message must be UTF-8; send other bytes as binary.',
    );
  }
  return encodePlaintext({ type, data });
}
