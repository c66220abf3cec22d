import assert from 'node:assert/strict';
import { fromHex, toHex, utf8 } from '../../../../lib/bytes';
import {
  decodeExtended,
  encodeExtended,
  extendedFlags,
  type ExtendedContent,
} from '../../../../lib/protocol/envelope/extended-content';
import { throwsCode } from '../support/fixtures';

const JSON_WITH_LABEL: ExtendedContent = {
  inner: 3,
  isDeflated: false,
  isLarge: false,
  label: 't',
  rest: utf8('{"a":1}'),
};

const decode = (hex: string) => decodeExtended(fromHex(hex)!);

describe('extended content', () => {
  it('has the bytes of the check value', () => {
    assert.equal(toHex(encodeExtended(JSON_WITH_LABEL)), '030001747b2261223a317d');
    assert.deepEqual(decode('030001747b2261223a317d'), JSON_WITH_LABEL);
  });

  it('comes out as it went in: every inner type, both flags, the longest label, nothing behind it', () => {
    for (const inner of [0, 1, 2, 3] as const) {
      for (const isLarge of [false, true]) {
        for (const isDeflated of inner > 1 ? [false, true] : [false]) {
          for (const label of ['', 'a'.repeat(255)]) {
            for (const rest of [new Uint8Array(), utf8('leak')]) {
              const content = { inner, isDeflated, isLarge, label, rest };
              const data = encodeExtended(content);
              assert.deepEqual(decodeExtended(data), content);
              assert.equal(data[1], extendedFlags(content));
            }
          }
        }
      }
    }
  });

  it('is never made with a deflated text or a label that is none', () => {
    for (const inner of [0, 1] as const) {
      throwsCode(() => encodeExtended({ ...JSON_WITH_LABEL, inner, isDeflated: true }), 'ErrInvalidArgument');
    }
    throwsCode(() => encodeExtended({ ...JSON_WITH_LABEL, label: '\n' }), 'ErrInvalidArgument');
  });

  it('of a later version is unsupported before anything else is looked at', () => {
    for (const hex of ['04', '0400', 'ff00ff', '80', '0004', '008000', '03fc01', '0304ff0a', '0405']) {
      assert.equal(decode(hex), 'unsupported', hex);
    }
  });

  it('is malformed when it is cut short, when a text is deflated, and when the label is none', () => {
    for (const hex of [
      '',
      '00',
      '0300',
      '03000174',
      '030002740a',
      '000100',
      '010100',
      '000300',
      '0300017f',
      '030001ff',
    ]) {
      const expected = hex === '03000174' ? { ...JSON_WITH_LABEL, rest: new Uint8Array() } : 'malformed';
      assert.deepEqual(decode(hex), expected, hex);
    }
    assert.equal(decode('030002' + '74'), 'malformed');
  });
});
