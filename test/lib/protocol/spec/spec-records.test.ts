import assert from 'node:assert/strict';
import { concat, utf8 } from '../../../../lib/bytes';
import { openLegacyMessage, sealLegacyMessage } from '../../../../lib/protocol/spec/legacy';
import {
  decodeStorageRecord,
  encodeStorageRecord,
  type AsyncMessage,
} from '../../../../lib/protocol/spec/spec-records';
import { UNACCEPTABLE_KEYS } from '../../../../lib/testing/crypto/known-answers';
import {
  bytes,
  crypto,
  filled,
  isWiped,
  pair,
  patch,
  PROVIDERS,
  R,
  S,
  throwsCode,
  watching,
} from '../support/fixtures';

const message: AsyncMessage = {
  id: filled(16, 1),
  recipientPk: filled(32, 2),
  senderPk: filled(32, 3),
  timestamp: 0x0102030405,
  nonce: filled(24, 4),
  messageType: 1,
  encryptedData: filled(20, 5),
};

describe("The specification's storage record", () => {
  const record = encodeStorageRecord(message);
  const LENGTH_AT = 113;

  it('has the fields of the specification in their order', () => {
    assert.deepEqual(
      record,
      concat(
        filled(16, 1),
        filled(32, 2),
        filled(32, 3),
        bytes('0000000102030405'),
        filled(24, 4),
        bytes('01'),
        bytes('00000014'),
        filled(20, 5),
      ),
    );
    assert.deepEqual(decodeStorageRecord(record), message);
  });

  it('is refused when its data does not have the length it names, however long', () => {
    for (let length = 0; length < record.length; length += 1) {
      throwsCode(() => decodeStorageRecord(record.subarray(0, length)), 'ErrMalformed');
    }
    for (const length of ['00000013', '00000015', 'ffffffff', '7fffffff', '00000000']) {
      throwsCode(() => decodeStorageRecord(patch(record, LENGTH_AT, bytes(length))), 'ErrMalformed', length);
    }
    throwsCode(() => decodeStorageRecord(concat(record, bytes('00'))), 'ErrMalformed');
  });

  it('holds the box of the longest message and no more', () => {
    const longest = { ...message, encryptedData: filled(1372 + 3 + 16, 1) };
    assert.deepEqual(decodeStorageRecord(encodeStorageRecord(longest)), longest);
    throwsCode(
      () => encodeStorageRecord({ ...message, encryptedData: filled(1392, 1) }),
      'ErrMessageTooLarge',
    );
    const over = concat(
      patch(record, LENGTH_AT, bytes('00000570')).subarray(0, LENGTH_AT + 4),
      filled(1392, 1),
    );
    throwsCode(() => decodeStorageRecord(over), 'ErrMalformed');
  });

  it('has a type of the specification and a time that a number can hold', () => {
    for (const type of [2, 0x80, 0xff])
      throwsCode(() => decodeStorageRecord(patch(record, 112, [type])), 'ErrMalformed');
    throwsCode(() => decodeStorageRecord(patch(record, 80, filled(8, 0xff))), 'ErrMalformed');
    throwsCode(() => encodeStorageRecord({ ...message, timestamp: -1 }), 'ErrInvalidArgument');
    throwsCode(() => encodeStorageRecord({ ...message, messageType: 2 as 1 }), 'ErrInvalidArgument');
    for (const wrong of [
      { id: filled(15, 1) },
      { recipientPk: filled(31, 1) },
      { senderPk: filled(33, 1) },
      { nonce: filled(23, 1) },
    ]) {
      throwsCode(() => encodeStorageRecord({ ...message, ...wrong }), 'ErrInvalidArgument');
    }
  });
});

describe("The specification's legacy message", () => {
  const input = {
    sender: S,
    recipientPk: R.publicKey,
    id: filled(16, 1),
    nonce: filled(24, 4),
    timestamp: 1764000000,
    messageType: 0,
    data: utf8('leak'),
  } as const;
  const sealed = sealLegacyMessage(crypto, input);

  it("is the specification's plaintext in a box from the sender's key to the recipient's", () => {
    const plain = concat(bytes('00 0004'), utf8('leak'));
    const { sender, data, ...fields } = input;
    assert.deepEqual(sealed, {
      ...fields,
      senderPk: sender.publicKey,
      encryptedData: crypto.box(plain, input.nonce, R.publicKey, S.secretKey),
    });
    assert.deepEqual(openLegacyMessage(crypto, sealed, R), data);
  });

  it('travels through the storage record, and opens with every provider', () => {
    for (const provider of PROVIDERS) {
      assert.deepEqual(sealLegacyMessage(provider, input), sealed);
      assert.deepEqual(
        openLegacyMessage(provider, decodeStorageRecord(encodeStorageRecord(sealed)), R),
        input.data,
      );
    }
  });

  it('opens for nobody else, nor when anything that matters was changed', () => {
    throwsCode(() => openLegacyMessage(crypto, sealed, pair('mallory')), 'ErrNotYours');
    const mallory = pair('mallory').publicKey;
    for (const change of [
      { senderPk: mallory },
      { senderPk: filled(32, 0) },
      { nonce: filled(24, 5) },
      { encryptedData: patch(sealed.encryptedData, 3, [0]) },
      { encryptedData: sealed.encryptedData.subarray(1) },
      { encryptedData: new Uint8Array() },
      { messageType: 1 as const },
    ]) {
      throwsCode(() => openLegacyMessage(crypto, { ...sealed, ...change }, R), 'ErrForged');
    }
  });

  it('is malformed when its box holds no plaintext', () => {
    const encryptedData = crypto.box(bytes('00 0005 61'), input.nonce, R.publicKey, S.secretKey);
    throwsCode(() => openLegacyMessage(crypto, { ...sealed, encryptedData }, R), 'ErrMalformed');
  });

  it("is sealed to acceptable keys and of the specification's sizes only", () => {
    for (const recipientPk of [...UNACCEPTABLE_KEYS, S.publicKey]) {
      throwsCode(() => sealLegacyMessage(crypto, { ...input, recipientPk }), 'ErrInvalidKey');
    }
    throwsCode(() => sealLegacyMessage(crypto, { ...input, data: new Uint8Array() }), 'ErrMessageEmpty');
    throwsCode(() => sealLegacyMessage(crypto, { ...input, data: filled(1373, 1) }), 'ErrMessageTooLarge');
    throwsCode(() => sealLegacyMessage(crypto, { ...input, nonce: filled(23, 1) }), 'ErrInvalidArgument');
  });

  it('leaves no copy of the plaintext', () => {
    const { crypto: watched, plains, opened } = watching();
    sealLegacyMessage(watched, input);
    const data = openLegacyMessage(watched, sealed, R);
    assert.ok(plains.length === 1 && plains.every(isWiped));
    assert.ok(opened.length === 1 && opened.every(isWiped));
    assert.deepEqual(data, utf8('leak'));
  });
});
