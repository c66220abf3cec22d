import { copyOf } from '../../bytes';
import { MAX_MESSAGE_LIFETIME } from '../../constants';
import { BOX_TAG_BYTES } from '../../crypto/lengths';
import { labelledHash } from '../../crypto/labelled-hash';
import type { CryptoProvider } from '../../crypto/provider';
import { checkPublicKey } from '../../crypto/public-key';
import { ToxAsyncError } from '../../errors';
import type { KeyPair, PublicKey } from '../../types';
import { ByteWriter } from '../byte-writer';
import {
  BUCKETS,
  envelopeSizeFor,
  FIELDS_BYTES,
  HEADER_BYTES,
  MAX_CONTENT_BYTES,
  writeEnvelopeHeader,
} from './envelope';
import { innerNonce, outerKey, outerNonce, outerSeed } from './envelope-nonces';
import { mailboxOf, MESSAGE_ID_BYTES, prekeyTag, storageIdOf } from '../names';
import { encodePlaintext } from './plaintext';

/**
 * Where the plaintext and the content of the outer box stand while they are sealed: memory for each alone would cost
 * as much as a hash. All zeros between two calls.
 */
const PLAIN = new Uint8Array(BUCKETS[3]);
const CONTENT = new Uint8Array(MAX_CONTENT_BYTES);
const INNER_AT = FIELDS_BYTES + 2;

/**
 * Where the ephemeral key comes from: 32 fresh random bytes, hashed with all that is sealed, or (in vectors) the pair
 * itself, made for this envelope alone.
 */
export type EphemeralSource = { readonly random: Uint8Array } | KeyPair;

export interface SealInput {
  readonly sender: KeyPair;
  readonly recipient: PublicKey;
  /** `mailboxOf` it, where that is known already. */
  readonly mailbox?: Uint8Array;
  /** A one-time key of the recipient that seals nothing else. */
  readonly preKey: PublicKey;
  /** `prekeyTag` of it, where that is known already. */
  readonly tag?: Uint8Array;
  /** q, the 32 bytes that its owner and we alone know of it (keys/key-secret.ts); not wiped here. */
  readonly keySecret: Uint8Array;
  /** Wiped, whatever happens. */
  readonly ephemeral: EphemeralSource;
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
  /** The specification's box and its nonce. */
  readonly inner: Uint8Array;
  readonly innerNonce: Uint8Array;
  readonly storageId: Uint8Array;
  readonly tag: Uint8Array;
}

/**
 * Seals one message to one one-time key (docs/PROTOCOL.md, "Envelope"): the specification's box, which proves the
 * sender, inside a box under a secret of the ephemeral key and the one-time key's own secret, which hides the sender and is
 * lost with either.
 * @throws ErrMessageEmpty, ErrMessageTooLarge, ErrMalformed (a text that is not UTF-8), ErrInvalidKey,
 * ErrInvalidArgument (lifetime, timestamp, message id or type)
 */
export function sealEnvelope(crypto: CryptoProvider, input: SealInput): SealedEnvelope {
  const { ephemeral } = input;
  try {
    return seal(crypto, input);
  } finally {
    crypto.wipe('random' in ephemeral ? ephemeral.random : ephemeral.secretKey);
  }
}

function seal(crypto: CryptoProvider, input: SealInput): SealedEnvelope {
  const fields = encodeFields(input);
  const plain = encodePlaintext(input, PLAIN);
  try {
    return sealPlain(crypto, input, fields, plain);
  } finally {
    crypto.wipe(plain);
  }
}

function sealPlain(
  crypto: CryptoProvider,
  input: SealInput,
  fields: Uint8Array,
  plain: Uint8Array,
): SealedEnvelope {
  const { sender, recipient, preKey, mailbox = mailboxOf(crypto, recipient) } = input;
  const ephemeral = ephemeralFor(crypto, input, fields, plain);
  const own = [sender.publicKey, ephemeral.publicKey];
  const tag = input.tag ?? prekeyTag(crypto, preKey);
  const envelope = new Uint8Array(envelopeSizeFor(plain.length));
  const header = envelope.subarray(0, HEADER_BYTES);
  const content = CONTENT.subarray(0, envelope.length - HEADER_BYTES - BOX_TAG_BYTES);
  try {
    checkPublicKey(recipient, 'The recipient', ...own);
    checkPublicKey(preKey, 'The one-time key', ...own);
    writeEnvelopeHeader(header, { mailbox, tag, ephemeral: ephemeral.publicKey });
    const seed = outerSeed(crypto, header, { sender: sender.publicKey, recipient, preKey });
    const nonce = innerNonce(crypto, seed, fields);
    // F || len16(inner) || inner || zeros
    const innerEnd = INNER_AT + plain.length + BOX_TAG_BYTES;
    content.set(fields);
    content[FIELDS_BYTES] = (innerEnd - INNER_AT) >> 8;
    content[FIELDS_BYTES + 1] = innerEnd - INNER_AT;
    crypto.box(plain, nonce, preKey, sender.secretKey, content.subarray(INNER_AT, innerEnd));
    const inner = content.slice(INNER_AT, innerEnd);
    const key = outerKey(crypto, ephemeral.secretKey, preKey, input.keySecret);
    crypto.secretbox(content, outerNonce(seed), key, envelope.subarray(HEADER_BYTES));
    crypto.wipe(key);
    return { envelope, inner, innerNonce: copyOf(nonce), storageId: storageIdOf(crypto, envelope), tag };
  } finally {
    crypto.wipe(ephemeral.secretKey);
    crypto.wipe(content);
  }
}

/**
 * e = H("ephemeral", 32 random bytes, s, P, F, plain). A generator whose memory was saved and resumed twice gives the
 * same bytes again; with them in the hash, two different messages still have different keys.
 */
function ephemeralFor(
  crypto: CryptoProvider,
  { ephemeral, sender, preKey }: SealInput,
  fields: Uint8Array,
  plain: Uint8Array,
): KeyPair {
  if (!('random' in ephemeral)) return ephemeral;
  return crypto.keyPairFromSecret(
    labelledHash(crypto, 'ephemeral', ephemeral.random, sender.secretKey, preKey, fields, plain),
  );
}

/** message id 32 | timestamp 8 | lifetime 4 */
function encodeFields({ messageId, timestamp, lifetime }: SealInput): Uint8Array {
  if (lifetime < 1 || lifetime > MAX_MESSAGE_LIFETIME) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      `The lifetime of a message must be between 1 and ${MAX_MESSAGE_LIFETIME} seconds, not ${lifetime}.`,
    );
  }
  const w = new ByteWriter('envelope');
  return w.fixed(messageId, MESSAGE_ID_BYTES).timestamp(timestamp).u32(lifetime).done();
}
