import type { PublicKey } from '../../types';
import { JsonFields, jsonBytes, jsonNumber, jsonTime } from './json-fields';

/**
 * The specification's ForwardSecureMessage and PreKeyExchangeMessage as JSON, field for field and in its order, as
 * Go's encoding/json writes those structures. For other programs; between our peers only envelopes and exchanges
 * travel.
 */

const MESSAGE_TYPE = 'forward_secure_message';
const EXCHANGE_TYPE = 'pre_key_exchange';
const MAX_UINT32 = 0xffffffff;
const MAX_UINT8 = 0xff;

/**
 * docs/SPECIFICATION.md#forwardsecuremessage-structure; times are Unix seconds by the sender's clock, 0 without one.
 */
export interface ForwardSecureMessageFields {
  readonly messageId: Uint8Array;
  readonly senderPk: PublicKey;
  readonly recipientPk: PublicKey;
  readonly preKeyId: number;
  /** The specification's box: the inner one. */
  readonly encryptedData: Uint8Array;
  readonly nonce: Uint8Array;
  readonly messageType: number;
  readonly timestamp: number;
  readonly expiresAt: number;
}

/** docs/SPECIFICATION.md#prekeyexchangemessage-structure. */
export interface PreKeyExchangeFields {
  readonly senderPk: PublicKey;
  readonly preKeys: readonly { readonly id: number; readonly publicKey: PublicKey }[];
  readonly timestamp: number;
}

/** The specification's ForwardSecureMessage as JSON. @throws ErrInvalidArgument */
export function forwardSecureMessageToJson(message: ForwardSecureMessageFields): string {
  return JSON.stringify({
    Type: MESSAGE_TYPE,
    MessageID: jsonBytes(message.messageId, 32),
    SenderPK: jsonBytes(message.senderPk, 32),
    RecipientPK: jsonBytes(message.recipientPk, 32),
    PreKeyID: jsonNumber(message.preKeyId, MAX_UINT32),
    EncryptedData: Buffer.from(message.encryptedData).toString('base64'),
    Nonce: jsonBytes(message.nonce, 24),
    MessageType: jsonNumber(message.messageType, MAX_UINT8),
    Timestamp: jsonTime(message.timestamp),
    ExpiresAt: jsonTime(message.expiresAt),
  });
}

/** Unknown fields are ignored, fractions of seconds dropped. @throws ErrMalformed; ErrMessageTooLarge over 1 MB */
export function forwardSecureMessageFromJson(text: string): ForwardSecureMessageFields {
  const fields = JsonFields.parse(text, 'forward-secure message');
  fields.literal('Type', MESSAGE_TYPE);
  return {
    messageId: fields.byteArray('MessageID', 32),
    senderPk: fields.byteArray('SenderPK', 32),
    recipientPk: fields.byteArray('RecipientPK', 32),
    preKeyId: fields.number('PreKeyID', MAX_UINT32),
    encryptedData: fields.byteSlice('EncryptedData'),
    nonce: fields.byteArray('Nonce', 24),
    messageType: fields.number('MessageType', MAX_UINT8),
    timestamp: fields.time('Timestamp'),
    expiresAt: fields.time('ExpiresAt'),
  };
}

/** The specification's PreKeyExchangeMessage as JSON. @throws ErrInvalidArgument */
export function preKeyExchangeToJson(exchange: PreKeyExchangeFields): string {
  return JSON.stringify({
    Type: EXCHANGE_TYPE,
    SenderPK: jsonBytes(exchange.senderPk, 32),
    PreKeys: exchange.preKeys.map(({ id, publicKey }) => ({
      ID: jsonNumber(id, MAX_UINT32),
      PublicKey: jsonBytes(publicKey, 32),
    })),
    Timestamp: jsonTime(exchange.timestamp),
  });
}

/**
 * Unknown fields are ignored, fractions of seconds dropped; the keys are not judged.
 * @throws ErrMalformed; ErrMessageTooLarge over 1 MB
 */
export function preKeyExchangeFromJson(text: string): PreKeyExchangeFields {
  const what = 'pre-key exchange';
  const fields = JsonFields.parse(text, what);
  fields.literal('Type', EXCHANGE_TYPE);
  return {
    senderPk: fields.byteArray('SenderPK', 32),
    preKeys: fields.array('PreKeys').map((value) => {
      const key = new JsonFields(value, what);
      return { id: key.number('ID', MAX_UINT32), publicKey: key.byteArray('PublicKey', 32) };
    }),
    timestamp: fields.time('Timestamp'),
  };
}
