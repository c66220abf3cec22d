import { sameBytes } from '../../bytes';
import type { MessageType } from '../../constants';
import type { CryptoProvider } from '../../crypto/provider';
import { checkPublicKey } from '../../crypto/public-key';
import { ToxAsyncError } from '../../errors';
import type { KeyPair, PublicKey } from '../../types';
import { decodePlaintext, encodePlaintext } from '../envelope/plaintext';
import { asMessageType, type AsyncMessage } from './spec-records';

/**
 * The specification's legacy message (docs/SPECIFICATION.md#legacy-encryption-format):
 * box(plaintext, nonce, recipient_pk, sender_sk). A codec for other programs' old mail only.
 * It has no forward secrecy, anyone with the recipient's key can forge it, and it is never sent nor accepted here.
 */

export interface LegacyInput {
  readonly sender: KeyPair;
  readonly recipientPk: PublicKey;
  /** 16 random bytes. */
  readonly id: Uint8Array;
  /** 24 bytes, never used twice between these two. */
  readonly nonce: Uint8Array;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly messageType: MessageType;
  readonly data: Uint8Array;
}

/** A message in the specification's legacy form. @throws ErrMessageEmpty, ErrMessageTooLarge, ErrInvalidKey, ErrInvalidArgument */
export function sealLegacyMessage(crypto: CryptoProvider, input: LegacyInput): AsyncMessage {
  const { sender, recipientPk, id, nonce, timestamp, messageType, data } = input;
  checkPublicKey(recipientPk, 'The recipient', sender.publicKey);
  const plain = encodePlaintext({ type: messageType, data });
  const encryptedData = crypto.box(plain, nonce, recipientPk, sender.secretKey);
  crypto.wipe(plain);
  return { id, recipientPk, senderPk: sender.publicKey, encryptedData, timestamp, nonce, messageType };
}

/**
 * The message's data.
 * @throws ErrNotYours it is for somebody else; ErrForged it does not open, or its type was changed on the way;
 * ErrMalformed what it holds is not a plaintext
 */
export function openLegacyMessage(
  crypto: CryptoProvider,
  message: AsyncMessage,
  recipient: KeyPair,
): Uint8Array {
  if (!sameBytes(message.recipientPk, recipient.publicKey)) {
    throw new ToxAsyncError(
      'ErrNotYours',
      'This message is for another recipient. Open it with that identity.',
    );
  }
  const { encryptedData, nonce, senderPk } = message;
  const plain = crypto.openBox(encryptedData, nonce, senderPk, recipient.secretKey);
  if (plain === undefined) throw forged();
  try {
    const { type, data } = decodePlaintext(plain);
    if (asMessageType(type) !== message.messageType) throw forged();
    return data;
  } finally {
    crypto.wipe(plain);
  }
}

function forged(): ToxAsyncError {
  return new ToxAsyncError(
    'ErrForged',
    'This message was not made by the sender it names. Ask for it again.',
  );
}
