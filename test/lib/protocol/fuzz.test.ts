import assert from 'node:assert/strict';
import fc from 'fast-check';
import { concat, utf8 } from '../../../lib/bytes';
import { ToxAsyncError } from '../../../lib/errors';
import { deflate } from '../../../lib/platform/deflate';
import { readEnvelopeHeader } from '../../../lib/protocol/envelope/envelope';
import { decodeExchange, encodeExchange, verifyExchange } from '../../../lib/protocol/keys/exchange';
import { decodeHello1, decodeHello2, encodeHello1, encodeHello2 } from '../../../lib/protocol/session/hello';
import { decodeMailKeys, encodeMailKeys } from '../../../lib/protocol/keys/mail-keys';
import { decodeMailReceipts, encodeMailReceipts } from '../../../lib/protocol/keys/mail-receipts';
import { openChunk, sealChunk } from '../../../lib/protocol/envelope/large/chunk';
import { decodeLargeHead, encodeLargeHead } from '../../../lib/protocol/envelope/large/large-head';
import {
  decodeExtended,
  encodeExtended,
  type ExtendedContent,
} from '../../../lib/protocol/envelope/extended-content';
import { readMessageContent } from '../../../lib/protocol/envelope/message-content';
import { PLAIN_TYPE } from '../../../lib/protocol/envelope/message-types';
import { openEnvelope } from '../../../lib/protocol/envelope/open';
import { mailboxOf } from '../../../lib/protocol/names';
import { decodePlaintext, encodePlaintext } from '../../../lib/protocol/envelope/plaintext';
import { openSealed, sealMessage } from '../../../lib/protocol/session/sealed-message';
import { decodeSessionMessage } from '../../../lib/protocol/session/message-kinds';
import {
  forwardSecureMessageFromJson,
  preKeyExchangeFromJson,
  preKeyExchangeToJson,
} from '../../../lib/protocol/spec/spec-json';
import { decodeStorageRecord, encodeStorageRecord } from '../../../lib/protocol/spec/spec-records';
import { EXAMPLES } from './support/session-examples';
import {
  bytes,
  crypto,
  filled,
  flip,
  handmadeEnvelope,
  MESSAGE_ID,
  P,
  PROVIDERS,
  Q,
  R,
  S,
} from './support/fixtures';

const KEYS = [{ index: 1, publicKey: P.publicKey }];
const EXCHANGE = encodeExchange(crypto, {
  from: S,
  to: R.publicKey,
  batch: 1,
  valid: 60,
  timestamp: 0,
  seed: filled(32, 1),
  keys: KEYS,
});
const EXTENDED: ExtendedContent = {
  inner: PLAIN_TYPE.json,
  isDeflated: false,
  isLarge: false,
  label: 'garden/temperature',
  rest: utf8('{"value":21.5,"unit":"C","history":[21.5,21.5,21.5,21.5]}'),
};
const FLAGS = { acceptsStores: true, openNode: false };
const SESSION_KEY = filled(32, 9);
const CHUNK_PLACE = { mailbox: mailboxOf(crypto, R.publicKey), key: SESSION_KEY, index: 0 };

/** Name -> an example that decodes, and the decoder. Each must answer anything with a result or ErrMalformed. */
const DECODERS: readonly [string, Uint8Array, (bytes: Uint8Array) => unknown][] = [
  ['header of an envelope', handmadeEnvelope(), readEnvelopeHeader],
  ['exchange', EXCHANGE, decodeExchange],
  ['MAC of an exchange', EXCHANGE, (bytes) => verifyExchange(crypto, bytes, R)],
  [
    'hello of side 1',
    encodeHello1({ flags: FLAGS, ephemeral: P.publicKey, kemKey: filled(1184, 1) }),
    decodeHello1,
  ],
  [
    'hello of side 2',
    encodeHello2({
      flags: FLAGS,
      ephemeral: P.publicKey,
      echo: filled(8, 1),
      kemCiphertext: filled(1088, 1),
    }),
    decodeHello2,
  ],
  [
    'sealed message',
    sealMessage(crypto, SESSION_KEY, 1, 0x10, filled(9, 1)),
    (b) => openSealed(crypto, SESSION_KEY, b),
  ],
  ['plaintext', encodePlaintext({ type: 0, data: utf8('leak') }), decodePlaintext],
  ['extended content', encodeExtended(EXTENDED), decodeExtended],
  [
    'deflated message',
    encodeExtended({ ...EXTENDED, isDeflated: true, rest: deflate(EXTENDED.rest) }),
    (b) => readMessageContent(PLAIN_TYPE.extended, b),
  ],
  ['JSON message', EXTENDED.rest, (b) => readMessageContent(PLAIN_TYPE.json, b)],
  [
    'keys by mail',
    encodeMailKeys({ batch: 1, valid: 1, held: 1, seed: filled(32, 1), keys: KEYS }),
    decodeMailKeys,
  ],
  [
    'receipts by mail',
    encodeMailReceipts({
      held: 1,
      arrived: [0x101, 0x102, 0x268].map((preKeyId) => ({ preKeyId, idStart: filled(4, 1) })),
      receipts: [{ messageId: MESSAGE_ID, code: 'incomplete' }],
    }),
    decodeMailReceipts,
  ],
  [
    'head of a large message',
    encodeLargeHead({ total: 20_000, key: SESSION_KEY, first: filled(1326, 1) }),
    (b) => decodeLargeHead(b, 9),
  ],
  [
    'chunk of a large message',
    sealChunk(crypto, CHUNK_PLACE, filled(1000, 1)).envelope,
    (envelope) => openChunk(crypto, CHUNK_PLACE, { envelope, length: 1000 }),
  ],
  [
    'storage record',
    encodeStorageRecord({
      id: filled(16, 1),
      recipientPk: R.publicKey,
      senderPk: S.publicKey,
      timestamp: 1,
      nonce: filled(24, 1),
      messageType: 0,
      encryptedData: filled(20, 1),
    }),
    decodeStorageRecord,
  ],
  ...sessionDecoders(),
];

function sessionDecoders(): [string, Uint8Array, (bytes: Uint8Array) => unknown][] {
  return EXAMPLES.map(([message, kind, hex]) => [
    `'${message.kind}' message`,
    bytes(hex),
    (body) => decodeSessionMessage(kind, body),
  ]);
}

/** A result is fine, and so is ErrMalformed; nothing else is. */
function survives(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    assert.ok(ToxAsyncError.is(error, 'ErrMalformed'), String(error));
    assert.equal(error.cause, undefined);
  }
}

describe('decoders', () => {
  for (const [name, example, decode] of DECODERS) {
    const fuzzed = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.nat(example.length).map((length) => example.subarray(0, length)),
      fc
        .array(fc.nat(example.length * 8 - 1), { minLength: 1, maxLength: 4 })
        .map((bits) => bits.reduce(flip, example)),
      fc.uint8Array({ minLength: 1, maxLength: 40 }).map((tail) => concat(example, tail)),
    );

    it(`answer any ${name} with a result or ErrMalformed`, () => {
      fc.assert(
        fc.property(fuzzed, (bytes) => survives(() => decode(bytes))),
        { numRuns: 200 },
      );
    });

    it(`leave the bytes of a ${name} as they are`, () => {
      const before = example.slice();
      survives(() => decode(example));
      assert.deepEqual(example, before);
    });
  }

  it('give a documented outcome for any envelope, with every provider', () => {
    const outcomes = new Set(['opened', 'malformed', 'unsupported', 'forged', 'bad-request', 'not-yours']);
    const example = handmadeEnvelope();
    const head = example.subarray(0, 49);
    const sized = (size: number) => fc.uint8Array({ minLength: size - 49, maxLength: size - 49 });
    const fuzzed = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc
        .constantFrom(287, 543, 1311, 1534, 5397)
        .chain((size) => sized(size).map((rest) => concat(head, rest))),
      fc.array(fc.nat(example.length * 8 - 1), { maxLength: 3 }).map((bits) => bits.reduce(flip, example)),
    );
    fc.assert(
      fc.property(fuzzed, (envelope) => {
        const input = { envelope, recipient: R.publicKey, preKey: P, keySecret: Q, sender: S.publicKey };
        const results = PROVIDERS.map((provider) => openEnvelope(provider, input));
        for (const result of results) {
          assert.ok(outcomes.has(result.outcome));
          assert.deepEqual(result, results[0]);
        }
      }),
    );
  });

  it("give a documented outcome for any content that the friend's boxes hold", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 128 }), fc.nat(0xffff), (plain, innerLength) => {
        const { outcome } = openEnvelope(crypto, {
          envelope: handmadeEnvelope({ plain }),
          recipient: R.publicKey,
          preKey: P,
          keySecret: Q,
          sender: S.publicKey,
        });
        assert.ok(['opened', 'malformed', 'unsupported'].includes(outcome));
        const lying = handmadeEnvelope({
          plain,
          innerLength: innerLength === plain.length + 16 ? 0 : innerLength,
        });
        const forged = openEnvelope(crypto, {
          envelope: lying,
          recipient: R.publicKey,
          preKey: P,
          keySecret: Q,
          sender: S.publicKey,
        });
        assert.equal(forged.outcome, 'forged');
      }),
    );
  });

  it('answer any JSON and any other text with a result or ErrMalformed', () => {
    const example = preKeyExchangeToJson({
      senderPk: S.publicKey,
      preKeys: [{ id: 1, publicKey: P.publicKey }],
      timestamp: 1,
    });
    const value = JSON.parse(example) as Record<string, unknown>;
    const text = fc.oneof(
      fc.json(),
      fc.string(),
      fc.nat(example.length).map((length) => example.slice(0, length)),
      fc
        .tuple(fc.constantFrom(...Object.keys(value)), fc.jsonValue())
        .map(([k, v]) => JSON.stringify({ ...value, [k]: v })),
    );
    fc.assert(
      fc.property(text, (given) => {
        survives(() => preKeyExchangeFromJson(given));
        survives(() => forwardSecureMessageFromJson(given));
      }),
      { numRuns: 300 },
    );
  });

  it('allocate nothing for a length that the bytes do not have', () => {
    const claims = [
      () => decodeStorageRecord(concat(filled(112, 1), new Uint8Array([0]), filled(4, 0xff))),
      () => decodePlaintext(new Uint8Array([0, 0xff, 0xff])),
      () =>
        decodeMailKeys(
          concat(new Uint8Array([0, 0, 1, 0, 0, 0, 1, 0, 1]), filled(32, 1), new Uint8Array([40])),
        ),
      () => decodeSessionMessage(0x23, new Uint8Array([0, 0, 0, 1, 0, 0, 64])),
      () => decodeSessionMessage(0x26, new Uint8Array([0, 0, 0, 1, 64])),
    ];
    const before = process.memoryUsage().arrayBuffers;
    for (const claim of claims) {
      for (let i = 0; i < 20; i += 1)
        assert.throws(claim, (error) => ToxAsyncError.is(error, 'ErrMalformed'));
    }
    assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000);
  });
});
