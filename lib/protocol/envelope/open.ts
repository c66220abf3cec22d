import { sameBytes } from '../../bytes';
import { MAX_MESSAGE_LIFETIME } from '../../constants';
import { BOX_TAG_BYTES } from '../../crypto/lengths';
import type { CryptoProvider } from '../../crypto/provider';
import { isAcceptablePublicKey } from '../../crypto/public-key';
import { ToxAsyncError } from '../../errors';
import type { KeyPair, PublicKey } from '../../types';
import { ByteReader } from '../byte-reader';
import {
  bucketFor,
  BUCKETS,
  FIELDS_BYTES,
  HEADER_BYTES,
  headerOf,
  isSealedSize,
  MAX_CONTENT_BYTES,
} from './envelope';
import { judgeContent, type Content } from './content';
import { innerNonce, outerKey, outerNonce, outerSeed } from './envelope-nonces';
import { mailboxOf, MESSAGE_ID_BYTES } from '../names';
import { decodePlaintext } from './plaintext';

/**
 * Where the content of the outer box and the plaintext stand while they are looked at: memory for each alone would
 * cost as much as a hash. The plaintext is all zeros between two calls.
 */
const CONTENT = new Uint8Array(MAX_CONTENT_BYTES);
const PLAIN = new Uint8Array(BUCKETS[3]);
const ZEROS = new Uint8Array(MAX_CONTENT_BYTES);

export interface OpenInput {
  readonly envelope: Uint8Array;
  /** Our identity key. */
  readonly recipient: PublicKey;
  /** `mailboxOf` it, where that is known already. */
  readonly mailbox?: Uint8Array;
  /** The one-time pair that the envelope's tag names; not wiped here. */
  readonly preKey: KeyPair;
  /** q, its 32 bytes that we and its holder alone know; not wiped here. */
  readonly keySecret: Uint8Array;
  /** The friend to whom that key was issued: nobody else can have sealed to it. */
  readonly sender: PublicKey;
  /** Asked before the data is read, which may take long; without it there is room. */
  readonly hasRoom?: HasRoom;
}

/** Whether there is room for a message. @param content a view, and not judged yet */
export type HasRoom = (messageId: Uint8Array, content: Content) => boolean;

/** Fields that the sender sealed with a message. */
interface Fields {
  readonly messageId: Uint8Array;
  /** Unix seconds by the sender's clock, 0 = none or not a time; for display. */
  readonly timestamp: number;
  /** Seconds, 1..MAX_MESSAGE_LIFETIME. */
  readonly lifetime: number;
}

/** The message has `bytes` of data. */
export interface NoRoom {
  readonly outcome: 'no-room';
  readonly bytes: number;
}

/**
 * 'no-room': both boxes open, and `hasRoom` refused it; the key stays.
 * 'opened', 'malformed', 'unsupported': both boxes open, so the friend made it and the key is used up.
 * 'forged': somebody else made it, or it was changed; the key stays. 'bad-request', 'not-yours': not even looked at.
 */
export type OpenResult =
  | ({ readonly outcome: 'opened' } & Fields & Content)
  | {
      readonly outcome: 'malformed' | 'unsupported';
      readonly messageId: Uint8Array;
      readonly lifetime: number;
    }
  | NoRoom
  | { readonly outcome: 'forged' }
  | { readonly outcome: 'bad-request' }
  | { readonly outcome: 'not-yours' };

/** Opens an envelope, its checks in the order of docs/PROTOCOL.md, "Opening". Writes nothing, throws only what `hasRoom` throws. */
export function openEnvelope(crypto: CryptoProvider, input: OpenInput): OpenResult {
  const { envelope, recipient, preKey, keySecret, sender, hasRoom = () => true } = input;
  const { mailbox = mailboxOf(crypto, recipient) } = input;
  const header = headerOf(envelope);
  if (header === undefined || !isSealedSize(envelope.length)) return { outcome: 'bad-request' };
  if (!sameBytes(header.mailbox, mailbox)) return { outcome: 'not-yours' };
  const { ephemeral } = header;
  const ours = sameBytes(ephemeral, recipient) || sameBytes(ephemeral, preKey.publicKey);
  if (ours || !isAcceptablePublicKey(ephemeral)) return { outcome: 'bad-request' };

  const keys = { sender, recipient, preKey: preKey.publicKey };
  const seed = outerSeed(crypto, envelope.subarray(0, HEADER_BYTES), keys);
  const box = envelope.subarray(HEADER_BYTES);
  const content = CONTENT.subarray(0, box.length - BOX_TAG_BYTES);
  const key = outerKey(crypto, preKey.secretKey, ephemeral, keySecret);
  const opened = crypto.openSecretbox(box, outerNonce(seed), key, content);
  crypto.wipe(key);
  if (!opened) return { outcome: 'forged' };
  const inner = innerBox(content);
  if (inner === undefined) return { outcome: 'forged' };
  const sealedFields = content.subarray(0, FIELDS_BYTES);
  const nonce = innerNonce(crypto, seed, sealedFields);
  const plain = PLAIN.subarray(0, inner.length - BOX_TAG_BYTES);
  if (!crypto.openBox(inner, nonce, sender, preKey.secretKey, plain)) return { outcome: 'forged' };
  try {
    return judge(readFields(sealedFields), plain, hasRoom);
  } finally {
    crypto.wipe(plain);
  }
}

/**
 * The specification's box out of F || len16(inner) || inner || zeros; undefined unless it is the only way to say this.
 */
function innerBox(content: Uint8Array): Uint8Array | undefined {
  const length = (content[FIELDS_BYTES] ?? 0) * 256 + (content[FIELDS_BYTES + 1] ?? 0);
  const room = content.subarray(FIELDS_BYTES + 2);
  if (length < BOX_TAG_BYTES || length > room.length) return undefined;
  if (bucketFor(length - BOX_TAG_BYTES) !== room.length - BOX_TAG_BYTES) return undefined;
  if (!sameBytes(room.subarray(length), ZEROS.subarray(0, room.length - length))) return undefined;
  return room.subarray(0, length);
}

function readFields(bytes: Uint8Array): Fields {
  const r = new ByteReader(bytes, 'envelope');
  return { messageId: r.bytes(MESSAGE_ID_BYTES), timestamp: r.timestamp(), lifetime: r.u32() };
}

/** What an authentic message is worth. A lifetime out of bounds is put into them for the keeper of the answer. */
function judge(fields: Fields, plain: Uint8Array, hasRoom: HasRoom): OpenResult {
  const { messageId } = fields;
  const lifetime = Math.min(Math.max(fields.lifetime, 1), MAX_MESSAGE_LIFETIME);
  const message = plaintextOf(plain);
  if (message === undefined || lifetime !== fields.lifetime)
    return { outcome: 'malformed', messageId, lifetime };
  if (!isRoomFor(messageId, message, hasRoom)) {
    const bytes = message.data.length;
    message.data.fill(0);
    return { outcome: 'no-room', bytes };
  }
  const verdict = judgeContent(message);
  return verdict === 'ok'
    ? { outcome: 'opened', ...fields, ...message }
    : { outcome: verdict, messageId, lifetime };
}

/** Throws what `hasRoom` throws, and then leaves nothing of the data. */
function isRoomFor(messageId: Uint8Array, message: Content, hasRoom: HasRoom): boolean {
  try {
    return hasRoom(messageId, message);
  } catch (error) {
    message.data.fill(0);
    throw error;
  }
}

function plaintextOf(plain: Uint8Array): Content | undefined {
  try {
    return decodePlaintext(plain);
  } catch (error) {
    if (ToxAsyncError.is(error, 'ErrMalformed')) return undefined;
    throw error;
  }
}
