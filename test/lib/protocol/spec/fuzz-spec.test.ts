import assert from 'node:assert/strict';
import fc from 'fast-check';
import { concat, utf8 } from '../../../../lib/bytes';
import { ToxAsyncError } from '../../../../lib/errors';
import { openLegacyMessage, sealLegacyMessage } from '../../../../lib/protocol/spec/legacy';
import {
  forwardSecureMessageFromJson,
  forwardSecureMessageToJson,
} from '../../../../lib/protocol/spec/spec-json';
import { decodeStorageRecord, encodeStorageRecord } from '../../../../lib/protocol/spec/spec-records';
import { UNACCEPTABLE_KEYS } from '../../../../lib/testing/crypto/known-answers';
import { crypto, filled, flip, R, S } from '../support/fixtures';

const LEGACY = sealLegacyMessage(crypto, {
  sender: S,
  recipientPk: R.publicKey,
  id: filled(16, 1),
  nonce: filled(24, 2),
  timestamp: 1,
  messageType: 0,
  data: utf8('leak'),
});
const RECORD = encodeStorageRecord(LEGACY);
/** Where the record has its sender: id 16 | recipient 32 | sender 32. */
const SENDER_AT = 48;

const FORWARD_SECURE = forwardSecureMessageToJson({
  messageId: filled(32, 1),
  senderPk: S.publicKey,
  recipientPk: R.publicKey,
  preKeyId: 1,
  encryptedData: filled(20, 1),
  nonce: filled(24, 1),
  messageType: 0,
  timestamp: 1,
  expiresAt: 2,
});

function gives(codes: Parameters<typeof ToxAsyncError.is>[1][], run: () => unknown): void {
  try {
    run();
  } catch (error) {
    assert.ok(
      codes.some((code) => ToxAsyncError.is(error, code)),
      String(error),
    );
  }
}

describe("The specification's forms, when anything at all is read as one", () => {
  it('open a legacy record of any bytes, or say why not', () => {
    const changed = fc.oneof(
      fc.nat(RECORD.length).map((length) => RECORD.subarray(0, length)),
      fc
        .array(fc.nat(RECORD.length * 8 - 1), { minLength: 1, maxLength: 4 })
        .map((bits) => bits.reduce(flip, RECORD)),
      fc.uint8Array({ minLength: 1, maxLength: 40 }).map((tail) => concat(RECORD, tail)),
    );
    fc.assert(
      fc.property(changed, (bytes) =>
        gives(['ErrMalformed', 'ErrForged', 'ErrNotYours'], () =>
          openLegacyMessage(crypto, decodeStorageRecord(bytes), R),
        ),
      ),
      { numRuns: 300 },
    );
  });

  it('do not open a legacy record whose sender has no key that could be one', () => {
    for (const key of UNACCEPTABLE_KEYS) {
      const bytes = RECORD.slice();
      bytes.set(key.length === 32 ? key : filled(32, 0xff), SENDER_AT);
      gives(['ErrMalformed', 'ErrForged'], () =>
        assert.equal(openLegacyMessage(crypto, decodeStorageRecord(bytes), R), undefined),
      );
    }
  });

  it('read a ForwardSecureMessage of any fields, or say that it is malformed', () => {
    const value = JSON.parse(FORWARD_SECURE) as Record<string, unknown>;
    assert.doesNotThrow(() => forwardSecureMessageFromJson(FORWARD_SECURE));
    const given = fc.oneof(
      fc.nat(FORWARD_SECURE.length).map((length) => FORWARD_SECURE.slice(0, length)),
      fc
        .tuple(fc.constantFrom(...Object.keys(value)), fc.jsonValue())
        .map(([name, changed]) => JSON.stringify({ ...value, [name]: changed })),
      fc
        .constantFrom(...Object.keys(value))
        .map((name) => JSON.stringify(Object.fromEntries(Object.entries(value).filter(([k]) => k !== name)))),
    );
    fc.assert(
      fc.property(given, (text) => gives(['ErrMalformed'], () => forwardSecureMessageFromJson(text))),
      { numRuns: 400 },
    );
  });
});
