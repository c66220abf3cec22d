import { toHex, utf8 } from '../../lib/bytes';
import { MessageType } from '../../lib/constants';
import type { CryptoProvider } from '../../lib/crypto/provider';
import { sealLegacyMessage } from '../../lib/protocol/spec/legacy';
import { encodePlaintext } from '../../lib/protocol/envelope/plaintext';
import { forwardSecureMessageToJson, preKeyExchangeToJson } from '../../lib/protocol/spec/spec-json';
import { encodeStorageRecord } from '../../lib/protocol/spec/spec-records';
import type { SpecVector } from '../../test/lib/vectors/support/vector-files';

/** Vectors of the specification's own forms: plaintext, storage record with the legacy box, and both JSON structures. */
export function makeSpec(crypto: CryptoProvider, digest: (name: string) => Uint8Array): SpecVector[] {
  const publicOf = (name: string) => crypto.keyPairFromSecret(digest(name)).publicKey;
  return [
    plaintext(0, utf8('leak')),
    plaintext(1, utf8('waves 👋')),
    plaintext(0, new Uint8Array(1372).fill(0x61)),
    record(MessageType.Normal, utf8('leak'), 1_764_000_000),
    record(MessageType.Action, new Uint8Array(1372).fill(0x62), 0),
    messageJson(new Uint8Array(20).fill(9), 0x01020368, 1_764_000_000),
    messageJson(
      Uint8Array.from({ length: 256 }, (_, i) => i),
      0xffffff01,
      951_782_399,
    ),
    exchangeJson([1, 2, 104], 1_764_000_000),
    exchangeJson([], 0),
  ];

  function plaintext(type: number, data: Uint8Array): SpecVector {
    return { form: 'plaintext', type, data: toHex(data), plaintext: toHex(encodePlaintext({ type, data })) };
  }

  function record(messageType: MessageType, data: Uint8Array, timestamp: number): SpecVector {
    const recipientPk = publicOf('recipient identity');
    const [id, nonce] = [digest('record id').slice(0, 16), digest('record nonce').slice(0, 24)];
    const sender = crypto.keyPairFromSecret(digest('sender identity'));
    const message = sealLegacyMessage(crypto, {
      sender,
      recipientPk,
      id,
      nonce,
      timestamp,
      messageType,
      data,
    });
    return {
      form: 'storage-record',
      senderSecret: toHex(sender.secretKey),
      recipientPublic: toHex(recipientPk),
      id: toHex(id),
      timestamp,
      nonce: toHex(nonce),
      messageType,
      data: toHex(data),
      encryptedData: toHex(message.encryptedData),
      record: toHex(encodeStorageRecord(message)),
    };
  }

  function messageJson(encryptedData: Uint8Array, preKeyId: number, timestamp: number): SpecVector {
    const bytes = {
      messageId: digest('message id'),
      senderPk: publicOf('sender identity'),
      recipientPk: publicOf('recipient identity'),
      encryptedData,
      nonce: digest('json nonce').slice(0, 24),
    };
    const numbers = { preKeyId, messageType: 0, timestamp, expiresAt: timestamp + 86_400 };
    return {
      form: 'forward-secure-message',
      messageId: toHex(bytes.messageId),
      senderPk: toHex(bytes.senderPk),
      recipientPk: toHex(bytes.recipientPk),
      encryptedData: toHex(bytes.encryptedData),
      nonce: toHex(bytes.nonce),
      ...numbers,
      json: forwardSecureMessageToJson({ ...bytes, ...numbers }),
    };
  }

  function exchangeJson(indexes: number[], timestamp: number): SpecVector {
    const senderPk = publicOf('sender identity');
    const preKeys = indexes.map((i) => ({ id: 0x01020300 + i, publicKey: publicOf(`key ${i}`) }));
    return {
      form: 'pre-key-exchange',
      senderPk: toHex(senderPk),
      preKeys: preKeys.map(({ id, publicKey }) => [id, toHex(publicKey)]),
      timestamp,
      json: preKeyExchangeToJson({ senderPk, preKeys, timestamp }),
    };
  }
}
