import { MAX_MESSAGE_SIZE, ENCRYPTION_OVERHEAD, MessageType } from '../../constants';
import { ToxAsyncError } from '../../errors';
import type { PublicKey } from '../../types';
import { ByteReader } from '../byte-reader';
import { ByteWriter } from '../byte-writer';
import { PLAINTEXT_HEADER_BYTES } from '../envelope/plaintext';

/**
 * The specification's AsyncMessage and its plain storage record (docs/SPECIFICATION.md#storage-format):
 * message id 16 | recipient 32 | sender 32 | timestamp 8 | nonce 24 | type 1 | length 4 | encrypted data.
 * For exchange with other programs only: it names the sender and has no forward secrecy, so this implementation
 * stores and sends envelopes instead.
 */
export interface AsyncMessage {
  /** 16 bytes. */
  readonly id: Uint8Array;
  readonly recipientPk: PublicKey;
  readonly senderPk: PublicKey;
  /** A box: its tag of 16 bytes, then the ciphertext. */
  readonly encryptedData: Uint8Array;
  /** Unix seconds. */
  readonly timestamp: number;
  /** 24 bytes. */
  readonly nonce: Uint8Array;
  readonly messageType: MessageType;
}

const ID_BYTES = 16;
const MAX_ENCRYPTED_BYTES = MAX_MESSAGE_SIZE + PLAINTEXT_HEADER_BYTES + ENCRYPTION_OVERHEAD;

/** The specification's storage record of a message. @throws ErrInvalidArgument, ErrMessageTooLarge */
export function encodeStorageRecord(message: AsyncMessage): Uint8Array {
  const { encryptedData } = message;
  if (encryptedData.length > MAX_ENCRYPTED_BYTES) {
    throw new ToxAsyncError(
      'ErrMessageTooLarge',
      `The box has more than ${MAX_ENCRYPTED_BYTES} bytes. Shorten the message.`,
    );
  }
  return new ByteWriter('storage record')
    .fixed(message.id, ID_BYTES)
    .fixed(message.recipientPk, 32)
    .fixed(message.senderPk, 32)
    .u64(message.timestamp)
    .fixed(message.nonce, 24)
    .atMost(message.messageType, MessageType.Action)
    .u32(encryptedData.length)
    .bytes(encryptedData)
    .done();
}

/** The message in the specification's storage record. @throws ErrMalformed */
export function decodeStorageRecord(bytes: Uint8Array): AsyncMessage {
  const r = new ByteReader(bytes, 'storage record');
  const id = r.bytes(ID_BYTES);
  const recipientPk = r.bytes(32);
  const senderPk = r.bytes(32);
  const timestamp = r.u64();
  const nonce = r.bytes(24);
  const messageType = asMessageType(r.u8());
  if (messageType === undefined) throw r.bad('its message type is neither normal nor action');
  const length = r.u32();
  if (length !== r.left) throw r.bad('its data does not have the length it states');
  if (length > MAX_ENCRYPTED_BYTES) throw r.bad('its data is too long');
  return { id, recipientPk, senderPk, timestamp, nonce, messageType, encryptedData: r.rest() };
}

/** undefined for a type that the specification does not have. */
export function asMessageType(type: number): MessageType | undefined {
  return Object.values(MessageType).find((known) => known === type);
}
