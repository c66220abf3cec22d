import assert from 'node:assert/strict';
import nacl from 'tweetnacl';
import { hex, join, publicOf, toHex, uint } from './support/reference/bytes';
import { readVectors, type SpecVector, type StorageRecordVector } from './support/vector-files';

const numbers = (digits: string) => [...hex(digits)];
const rfc3339 = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
const plaintextOf = (type: number, data: string) => join(uint(type, 1), uint(data.length / 2, 2), hex(data));

function storageRecord(v: StorageRecordVector) {
  const recipient = hex(v.recipientPublic);
  const plaintext = plaintextOf(v.messageType, v.data);
  const box = nacl.box(plaintext, hex(v.nonce), recipient, hex(v.senderSecret));
  const record = join(
    hex(v.id),
    recipient,
    publicOf(hex(v.senderSecret)),
    uint(v.timestamp, 8),
    hex(v.nonce),
    uint(v.messageType, 1),
    uint(box.length, 4),
    box,
  );
  return { encryptedData: toHex(box), record: toHex(record) };
}

/** The bytes or the text that the specification's description gives for the fields of a vector. */
function written(v: SpecVector): object {
  switch (v.form) {
    case 'plaintext':
      return { plaintext: toHex(plaintextOf(v.type, v.data)) };
    case 'storage-record':
      return storageRecord(v);
    case 'forward-secure-message': {
      const json = JSON.stringify({
        Type: 'forward_secure_message',
        MessageID: numbers(v.messageId),
        SenderPK: numbers(v.senderPk),
        RecipientPK: numbers(v.recipientPk),
        PreKeyID: v.preKeyId,
        EncryptedData: Buffer.from(hex(v.encryptedData)).toString('base64'),
        Nonce: numbers(v.nonce),
        MessageType: v.messageType,
        Timestamp: rfc3339(v.timestamp),
        ExpiresAt: rfc3339(v.expiresAt),
      });
      return { json };
    }
    case 'pre-key-exchange': {
      const json = JSON.stringify({
        Type: 'pre_key_exchange',
        SenderPK: numbers(v.senderPk),
        PreKeys: v.preKeys.map(([id, key]) => ({ ID: id, PublicKey: numbers(key) })),
        Timestamp: rfc3339(v.timestamp),
      });
      return { json };
    }
  }
}

describe("The vectors of the specification's forms", () => {
  const vectors = readVectors('spec');

  vectors.forEach((vector, i) => {
    it(`${i}, a ${vector.form}, is written alike from the specification's description`, () => {
      assert.deepEqual({ ...vector, ...written(vector) }, vector);
    });
  });

  it('have every form', () => {
    assert.equal(new Set(vectors.map(({ form }) => form)).size, 4);
  });
});
