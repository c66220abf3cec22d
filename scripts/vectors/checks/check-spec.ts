import { toHex } from '../../../lib/bytes';
import type { CryptoProvider } from '../../../lib/crypto/provider';
import { openLegacyMessage, sealLegacyMessage } from '../../../lib/protocol/spec/legacy';
import { decodePlaintext, encodePlaintext } from '../../../lib/protocol/envelope/plaintext';
import {
  forwardSecureMessageFromJson,
  forwardSecureMessageToJson,
  preKeyExchangeFromJson,
  preKeyExchangeToJson,
} from '../../../lib/protocol/spec/spec-json';
import {
  asMessageType,
  decodeStorageRecord,
  encodeStorageRecord,
} from '../../../lib/protocol/spec/spec-records';
import { bytesOf, listOf, Mismatch, mustEqual, numberOf, type Fields } from '../fields';

/** A vector of one of the specification's own forms: written, compared, and read back. */
export function checkSpec(crypto: CryptoProvider, v: Fields): void {
  const form = v.text('form');
  if (form === 'plaintext') checkPlaintext(v);
  else if (form === 'storage-record') checkRecord(crypto, v);
  else if (form === 'forward-secure-message') checkMessageJson(v);
  else if (form === 'pre-key-exchange') checkExchangeJson(v);
  else throw new Mismatch(`there is no form "${form}"`);
}

function checkPlaintext(v: Fields): void {
  const [type, data] = [v.number('type'), v.bytes('data')];
  v.mustBe('plaintext', encodePlaintext({ type, data }));
  const read = decodePlaintext(v.bytes('plaintext'));
  mustEqual('the plaintext', [read.type, toHex(read.data)], [type, toHex(data)]);
}

function checkRecord(crypto: CryptoProvider, v: Fields): void {
  const messageType = asMessageType(v.number('messageType'));
  if (messageType === undefined) throw new Mismatch('messageType is neither 0 nor 1');
  const sender = crypto.keyPairFromSecret(v.bytes('senderSecret', 32));
  const message = sealLegacyMessage(crypto, {
    sender,
    recipientPk: v.bytes('recipientPublic', 32),
    id: v.bytes('id', 16),
    nonce: v.bytes('nonce', 24),
    timestamp: v.number('timestamp'),
    messageType,
    data: v.bytes('data'),
  });
  v.mustBe('encryptedData', message.encryptedData);
  v.mustBe('record', encodeStorageRecord(message));
  v.mustBe('record', encodeStorageRecord(decodeStorageRecord(v.bytes('record'))));
  if (!v.has('recipientSecret')) return;
  const recipient = crypto.keyPairFromSecret(v.bytes('recipientSecret', 32));
  v.mustBe('data', openLegacyMessage(crypto, message, recipient));
}

function checkMessageJson(v: Fields): void {
  const json = forwardSecureMessageToJson({
    messageId: v.bytes('messageId', 32),
    senderPk: v.bytes('senderPk', 32),
    recipientPk: v.bytes('recipientPk', 32),
    preKeyId: v.number('preKeyId'),
    encryptedData: v.bytes('encryptedData'),
    nonce: v.bytes('nonce', 24),
    messageType: v.number('messageType'),
    timestamp: v.number('timestamp'),
    expiresAt: v.number('expiresAt'),
  });
  mustEqual('the JSON', json, v.text('json'));
  mustEqual('the JSON read back', forwardSecureMessageToJson(forwardSecureMessageFromJson(json)), json);
}

function checkExchangeJson(v: Fields): void {
  const json = preKeyExchangeToJson({
    senderPk: v.bytes('senderPk', 32),
    timestamp: v.number('timestamp'),
    preKeys: v.list('preKeys').map((entry) => {
      const [id, publicKey] = listOf(entry, 'a key');
      return { id: numberOf(id, 'an id'), publicKey: bytesOf(publicKey, 'a public key', 32) };
    }),
  });
  mustEqual('the JSON', json, v.text('json'));
  mustEqual('the JSON read back', preKeyExchangeToJson(preKeyExchangeFromJson(json)), json);
}
