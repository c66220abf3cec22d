import assert from 'node:assert/strict';
import { concat, toHex, utf8 } from '../../../../lib/bytes';
import { MAX_MESSAGE_SIZE } from '../../../../lib/constants';
import { decodeMailKeys, encodeMailKeys, MAX_MAIL_KEYS } from '../../../../lib/protocol/keys/mail-keys';
import { isKnownType, isTextType, PLAIN_TYPE } from '../../../../lib/protocol/envelope/message-types';
import { decodePlaintext, encodePlaintext } from '../../../../lib/protocol/envelope/plaintext';
import { bytes, filled, P, R, throwsCode } from '../support/fixtures';

describe('the plaintext of the specification', () => {
  it('is type, length and data', () => {
    assert.equal(toHex(encodePlaintext({ type: 0, data: utf8('leak') })), '0000046c65616b');
    assert.equal(toHex(encodePlaintext({ type: 1, data: filled(258, 1) })).slice(0, 8), '01010201');
    assert.deepEqual(decodePlaintext(bytes('01 0002 c3a4')), { type: 1, data: utf8('ä') });
  });

  it('is of any length up to MAX_MESSAGE_SIZE, but not empty', () => {
    const longest = filled(MAX_MESSAGE_SIZE, 0x61);
    assert.deepEqual(decodePlaintext(encodePlaintext({ type: 0, data: longest })), {
      type: 0,
      data: longest,
    });
    throwsCode(
      () => encodePlaintext({ type: 0, data: filled(MAX_MESSAGE_SIZE + 1, 0x61) }),
      'ErrMessageTooLarge',
    );
    throwsCode(() => encodePlaintext({ type: 0, data: new Uint8Array() }), 'ErrMessageEmpty');
    assert.deepEqual(decodePlaintext(bytes('00 0000')), { type: 0, data: new Uint8Array() });
  });

  it('is refused when its length is not the one it names', () => {
    for (const wrong of ['', '00', '0000', '00 0001', '00 0000 61', '00 0002 61', '00 ffff 61']) {
      throwsCode(() => decodePlaintext(bytes(wrong)), 'ErrMalformed', wrong);
    }
  });

  it('has the types of docs/PROTOCOL.md', () => {
    assert.deepEqual(Object.values(PLAIN_TYPE), [0, 1, 2, 3, 4, 0x80, 0x81]);
    const types = Array.from({ length: 256 }, (_, type) => type);
    assert.deepEqual(types.filter(isKnownType), [0, 1, 2, 3, 4, 0x80, 0x81]);
    assert.deepEqual(types.filter(isTextType), [0, 1]);
  });
});

describe('keys by mail', () => {
  const keys = [
    { index: 2, publicKey: P.publicKey },
    { index: 7, publicKey: R.publicKey },
  ];
  const seed = filled(32, 0x5e);
  const mail = { batch: 0x010203, valid: 2_592_000, held: 258, seed, keys };

  it('are batch, validity, the keys still held, the seed, and each index with its key', () => {
    const data = encodeMailKeys(mail);
    const head = concat(bytes('010203 00278d00 0102'), seed, bytes('02'));
    assert.deepEqual(data, concat(head, bytes('02'), P.publicKey, bytes('07'), R.publicKey));
    assert.deepEqual(decodeMailKeys(data), mail);
  });

  it('are 1 to 40, which fit one envelope', () => {
    const many = (n: number) =>
      Array.from({ length: n }, (_, i) => ({ index: i + 1, publicKey: P.publicKey }));
    const data = encodeMailKeys({ ...mail, keys: many(MAX_MAIL_KEYS) });
    assert.equal(data.length, 1362);
    assert.equal(decodeMailKeys(data).keys.length, 40);
    throwsCode(() => encodeMailKeys({ ...mail, keys: many(41) }), 'ErrInvalidArgument');
    const over = concat(data.subarray(0, 41), bytes('29'), data.subarray(42), bytes('29'), P.publicKey);
    throwsCode(() => decodeMailKeys(over), 'ErrMalformed');
    throwsCode(() => encodeMailKeys({ ...mail, keys: [] }), 'ErrInvalidArgument');
    throwsCode(() => decodeMailKeys(concat(data.subarray(0, 41), bytes('00'))), 'ErrMalformed');
  });

  it('are refused by the same rules as an exchange', () => {
    const key = toHex(P.publicKey);
    const seed = '5e'.repeat(32);
    const good = `010203 00000001 0001 ${seed} 01 01${key}`;
    assert.equal(decodeMailKeys(bytes(good)).valid, 1);
    for (const wrong of [
      `010203 00000000 0001 ${seed} 01 01${key}`,
      `010203 00278d00 0001 ${seed.slice(2)} 01 01${key}`,
      `000000 00278d00 0001 ${seed} 01 01${key}`,
      `010203 00278d01 0001 ${seed} 01 01${key}`,
      `010203 00278d00 0001 ${seed} 01 00${key}`,
      `010203 00278d00 0001 ${seed} 01 69${key}`,
      `010203 00278d00 0001 ${seed} 02 02${key} 02${key}`,
      `010203 00278d00 0001 ${seed} 02 02${key} 01${key}`,
      `010203 00278d00 0001 ${seed} 02 01${key}`,
      `010203 00278d00 0001 ${seed} 01 01${key}00`,
    ]) {
      throwsCode(() => decodeMailKeys(bytes(wrong)), 'ErrMalformed', wrong);
    }
    throwsCode(() => encodeMailKeys({ ...mail, batch: 0 }), 'ErrInvalidArgument');
    for (const valid of [0, 2_592_001])
      throwsCode(() => encodeMailKeys({ ...mail, valid }), 'ErrInvalidArgument');
    for (const length of [0, 31, 33])
      throwsCode(() => encodeMailKeys({ ...mail, seed: filled(length, 1) }), 'ErrInvalidArgument');
    throwsCode(() => encodeMailKeys({ ...mail, keys: [...keys].reverse() }), 'ErrInvalidArgument');
  });
});
