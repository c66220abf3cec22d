import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fromRfc3339, toRfc3339 } from '../../../../lib/protocol/spec/rfc3339';
import {
  forwardSecureMessageFromJson,
  forwardSecureMessageToJson,
  preKeyExchangeFromJson,
  preKeyExchangeToJson,
} from '../../../../lib/protocol/spec/spec-json';
import { filled, throwsCode } from '../support/fixtures';

const numbers = (length: number, value: number) => `[${Array.from({ length }, () => value).join(',')}]`;

describe("The specification's ForwardSecureMessage as JSON", () => {
  const message = {
    messageId: filled(32, 1),
    senderPk: filled(32, 2),
    recipientPk: filled(32, 255),
    preKeyId: 0xffffff68,
    encryptedData: new Uint8Array([0xfb, 0xff, 0xfe, 0x01]),
    nonce: filled(24, 4),
    messageType: 1,
    timestamp: 1764000000,
    expiresAt: 1764086400,
  };
  const text =
    `{"Type":"forward_secure_message","MessageID":${numbers(32, 1)},"SenderPK":${numbers(32, 2)},` +
    `"RecipientPK":${numbers(32, 255)},"PreKeyID":4294967144,"EncryptedData":"+//+AQ==","Nonce":${numbers(24, 4)},` +
    '"MessageType":1,"Timestamp":"2025-11-24T16:00:00Z","ExpiresAt":"2025-11-25T16:00:00Z"}';

  it("is what Go's encoding/json writes for that structure", () => {
    assert.equal(forwardSecureMessageToJson(message), text);
    assert.deepEqual(forwardSecureMessageFromJson(text), message);
  });

  it('may have zeros in every field', () => {
    const zeros = {
      messageId: filled(32, 0),
      senderPk: filled(32, 0),
      recipientPk: filled(32, 0),
      preKeyId: 0,
      encryptedData: new Uint8Array(),
      nonce: filled(24, 0),
      messageType: 0,
      timestamp: 0,
      expiresAt: 0,
    };
    assert.deepEqual(forwardSecureMessageFromJson(forwardSecureMessageToJson(zeros)), zeros);
  });

  it('may have spaces, other fields, fractions of seconds and an offset', () => {
    const other = text
      .replace('{"Type"', '{ "Extra": {"a": [1]}, "Type"')
      .replace('16:00:00Z', '18:00:00.123456789+02:00');
    assert.deepEqual(forwardSecureMessageFromJson(other), message);
    assert.equal(forwardSecureMessageFromJson(text.replace('"+//+AQ=="', 'null')).encryptedData.length, 0);
  });

  it('is read up to a million bytes of JSON, and refused beyond before it is parsed', () => {
    const room = 1_000_000 - Buffer.byteLength(text);
    assert.deepEqual(forwardSecureMessageFromJson(text + ' '.repeat(room)), message);
    throwsCode(() => forwardSecureMessageFromJson(text + ' '.repeat(room + 1)), 'ErrMessageTooLarge');
    throwsCode(() => forwardSecureMessageFromJson('['.repeat(1_000_001)), 'ErrMessageTooLarge');
    // Fewer characters than bytes.
    throwsCode(() => preKeyExchangeFromJson(`"${'\u00e4'.repeat(500_000)}"`), 'ErrMessageTooLarge');
    throwsCode(() => preKeyExchangeFromJson(`"${'\u00e4'.repeat(499_999)}"`), 'ErrMalformed');
  });

  it('is refused when any field is missing or is not what it should be', () => {
    const good = JSON.parse(text) as Record<string, unknown>;
    const wrong: Record<string, unknown[]> = {
      Type: ['pre_key_exchange', 1, null],
      MessageID: [
        [],
        JSON.parse(numbers(31, 1)),
        JSON.parse(numbers(33, 1)),
        JSON.parse(numbers(32, 256)),
        'AQ==',
        null,
      ],
      SenderPK: [JSON.parse(numbers(32, -1)), JSON.parse(numbers(32, 0.5))],
      RecipientPK: [{ length: 32 }],
      PreKeyID: [-1, 4294967296, 1.5, '1', null],
      EncryptedData: ['+//+AQ', '+//+AQ=', '-__-AQ==', '+//+AR==', '!', [1, 2], 1, {}],
      Nonce: [JSON.parse(numbers(32, 4))],
      MessageType: [-1, 256, '0'],
      Timestamp: [1764000000, '', '2025-11-24', '2025-11-24 16:00:00Z', '2025-02-29T00:00:00Z', null],
      ExpiresAt: ['yesterday'],
    };
    assert.deepEqual(Object.keys(wrong), Object.keys(good));
    for (const [name, values] of Object.entries(wrong)) {
      for (const value of [undefined, ...values]) {
        const made = JSON.stringify({ ...good, [name]: value });
        throwsCode(
          () => forwardSecureMessageFromJson(made),
          'ErrMalformed',
          `${name}: ${JSON.stringify(value)}`,
        );
      }
    }
  });

  it('is refused when it is no JSON object, without quoting it', () => {
    for (const other of ['', '{', 'null', '[]', '"x"', '1', 'secret words']) {
      throwsCode(() => forwardSecureMessageFromJson(other), 'ErrMalformed');
    }
    assert.throws(
      () => forwardSecureMessageFromJson('secret words'),
      (error: Error) => !error.message.includes('secret') && error.cause === undefined,
    );
  });

  it('is not written with fields that do not fit', () => {
    for (const change of [
      { messageId: filled(31, 1) },
      { nonce: filled(23, 1) },
      { preKeyId: 2 ** 32 },
      { preKeyId: -1 },
      { messageType: 256 },
      { timestamp: 0.5 },
      { timestamp: NaN },
      { expiresAt: 253_402_300_800 },
    ]) {
      throwsCode(() => forwardSecureMessageToJson({ ...message, ...change }), 'ErrInvalidArgument');
    }
  });
});

describe("The specification's PreKeyExchangeMessage as JSON", () => {
  const exchange = {
    senderPk: filled(32, 1),
    preKeys: [
      { id: 1, publicKey: filled(32, 2) },
      { id: 4294967295, publicKey: filled(32, 3) },
    ],
    timestamp: 0,
  };
  const text =
    `{"Type":"pre_key_exchange","SenderPK":${numbers(32, 1)},"PreKeys":[{"ID":1,"PublicKey":${numbers(32, 2)}},` +
    `{"ID":4294967295,"PublicKey":${numbers(32, 3)}}],"Timestamp":"1970-01-01T00:00:00Z"}`;

  it("is what Go's encoding/json writes for that structure", () => {
    assert.equal(preKeyExchangeToJson(exchange), text);
    assert.deepEqual(preKeyExchangeFromJson(text), exchange);
    assert.deepEqual(preKeyExchangeFromJson(preKeyExchangeToJson({ ...exchange, preKeys: [] })).preKeys, []);
  });

  it('is refused when it or one of its keys is not what it should be', () => {
    for (const [from, to] of [
      ['pre_key_exchange', 'forward_secure_message'],
      ['"PreKeys":[', '"PreKeys":[null,'],
      ['"PreKeys":[', '"PreKeys":[1,'],
      ['"PreKeys":[', '"Keys":['],
      ['"ID":1', '"ID":-1'],
      ['"PublicKey":[2', '"PublicKey":[2,2'],
      ['1970', '19700'],
    ] as const) {
      throwsCode(() => preKeyExchangeFromJson(text.replace(from, to)), 'ErrMalformed', to);
    }
    throwsCode(() => preKeyExchangeToJson({ ...exchange, senderPk: filled(33, 1) }), 'ErrInvalidArgument');
  });
});

describe('times of RFC 3339', () => {
  const MIN = -62_167_219_200;
  const MAX = 253_402_300_799;

  it('are those of the calendar, in both directions', () => {
    fc.assert(
      fc.property(fc.integer({ min: MIN, max: MAX }), (seconds) => {
        const text = new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
        assert.equal(toRfc3339(seconds), text);
        assert.equal(fromRfc3339(text), seconds);
      }),
    );
    for (const text of [
      '2000-02-29T23:59:59Z',
      '1900-02-28T00:00:00Z',
      '2024-12-31T00:00:00Z',
      '0000-01-01T00:00:00Z',
    ]) {
      assert.equal(toRfc3339(fromRfc3339(text) ?? NaN), text);
    }
  });

  it('are right on every day of a century, leap days included', () => {
    const DAY = 86_400;
    for (let day = -27_028; day < 12_800; day += 1) {
      const text = new Date(day * DAY * 1000).toISOString().replace('.000Z', 'Z');
      assert.equal(toRfc3339(day * DAY), text);
      assert.equal(fromRfc3339(text), day * DAY);
    }
  });

  it('end with the years 0 and 9999', () => {
    assert.equal(toRfc3339(MIN), '0000-01-01T00:00:00Z');
    assert.equal(toRfc3339(MAX), '9999-12-31T23:59:59Z');
    assert.equal(fromRfc3339('0000-01-01T00:00:00Z'), MIN);
    assert.equal(fromRfc3339('9999-12-31T23:59:59Z'), MAX);
    for (const seconds of [MIN - 1, MAX + 1, 0.5, NaN, Infinity]) assert.equal(toRfc3339(seconds), undefined);
    assert.equal(fromRfc3339('0000-01-01T00:00:00+00:01'), undefined);
    assert.equal(fromRfc3339('9999-12-31T23:59:59-00:01'), undefined);
  });

  it('with an offset are the same moment in UTC', () => {
    assert.equal(fromRfc3339('1970-01-01T01:00:00+01:00'), 0);
    assert.equal(fromRfc3339('1969-12-31T18:30:00-05:30'), 0);
    assert.equal(fromRfc3339('1970-01-02T23:59:00+23:59'), 86_400);
    assert.equal(fromRfc3339('1970-01-01T00:00:01.9Z'), 1);
    assert.equal(fromRfc3339('1970-01-01T00:00:01.123456789Z'), 1);
  });

  it('exist in the calendar and have the form of RFC 3339', () => {
    for (const text of [
      '2025-13-01T00:00:00Z',
      '2025-00-01T00:00:00Z',
      '2025-04-31T00:00:00Z',
      '2025-12-32T00:00:00Z',
      '2025-04-00T00:00:00Z',
      '1900-02-29T00:00:00Z',
      '2025-01-01T24:00:00Z',
      '2025-01-01T00:60:00Z',
      '2025-01-01T00:00:60Z',
      '2025-01-01T00:00:00+24:00',
      '2025-01-01T00:00:00+01:60',
      '2025-01-01T00:00:00',
      '2025-01-01T00:00:00.Z',
      '2025-01-01T00:00:00.1234567890Z',
      '2025-01-01t00:00:00z',
      ' 2025-01-01T00:00:00Z',
      '2025-1-1T00:00:00Z',
    ]) {
      assert.equal(fromRfc3339(text), undefined, text);
    }
  });
});
