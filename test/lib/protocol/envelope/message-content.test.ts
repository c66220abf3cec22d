import assert from 'node:assert/strict';
import { concat, utf8 } from '../../../../lib/bytes';
import { deflate } from '../../../../lib/platform/deflate';
import { encodeExtended } from '../../../../lib/protocol/envelope/extended-content';
import { readMessageContent } from '../../../../lib/protocol/envelope/message-content';
import { PLAIN_TYPE, type InnerType } from '../../../../lib/protocol/envelope/message-types';
import { filled } from '../support/fixtures';

const EXTENDED = PLAIN_TYPE.extended;

function deflated(inner: InnerType, rest: Uint8Array): Uint8Array {
  return encodeExtended({ inner, isDeflated: true, isLarge: false, label: 't', rest });
}

describe('the content of a message', () => {
  it('of types 0 to 3 is the data, without a label', () => {
    for (const inner of [0, 1, 3] as const) {
      assert.deepEqual(readMessageContent(inner, utf8('12')), { inner, label: '', bytes: utf8('12') });
    }
    const bytes = filled(9, 0xff);
    assert.deepEqual(readMessageContent(2, bytes), { inner: 2, label: '', bytes });
  });

  it('of type 4 is the rest, with the label, and inflated where it is deflated', () => {
    const bytes = utf8('[1]');
    for (const inner of [0, 1, 2, 3] as const) {
      const plain = { inner, isDeflated: false, isLarge: false, label: 't', rest: bytes };
      const expected = { inner, label: 't', bytes };
      assert.deepEqual(readMessageContent(EXTENDED, encodeExtended(plain)), expected);
      if (inner < 2) continue;
      assert.deepEqual(readMessageContent(EXTENDED, deflated(inner, deflate(bytes))), expected);
    }
  });

  it('may be of type 4 with neither label nor flag', () => {
    assert.deepEqual(readMessageContent(EXTENDED, new Uint8Array([0, 0, 0, 0x61])), {
      inner: 0,
      label: '',
      bytes: utf8('a'),
    });
  });

  it('is UTF-8 where it is text, alone and inside type 4', () => {
    for (const inner of [0, 1] as const) {
      assert.equal(readMessageContent(inner, filled(1, 0xff)), 'malformed');
      assert.equal(readMessageContent(EXTENDED, new Uint8Array([inner, 0, 0, 0xff])), 'malformed');
    }
  });

  it('is exactly one value of RFC 8259 where it is JSON, alone, inside type 4 and deflated', () => {
    const is = (data: Uint8Array, good: boolean, name: string) => {
      for (const read of [
        readMessageContent(3, data),
        readMessageContent(EXTENDED, concat(new Uint8Array([3, 0, 0]), data)),
        readMessageContent(EXTENDED, deflated(3, deflate(data))),
      ]) {
        assert.equal(typeof read !== 'string', good, name);
        if (!good) assert.equal(read, 'malformed', name);
      }
    };
    for (const text of ['0', ' null\n', '"ä"', '[]', '{"a":[1,{"b":-1.5e3}]}', '"\\u0000"', '"\\ud800"']) {
      is(utf8(text), true, text);
    }
    const bad = [
      '',
      ' ',
      '1 2',
      '{"a":1}{}',
      '[1,]',
      "{'a':1}",
      'NaN',
      'undefined',
      '01',
      '"\n"',
      '// 1\n1',
      '\ufeff1',
    ];
    for (const text of bad) is(utf8(text), false, JSON.stringify(text));
    is(concat(utf8('"'), filled(1, 0xff), utf8('"')), false, 'not UTF-8');
  });

  it('may be nested as deep as its bytes allow', () => {
    const deep = utf8('['.repeat(131_072) + ']'.repeat(131_072));
    assert.notEqual(readMessageContent(3, deep), 'malformed');
  });

  it('inflates to 262,144 bytes at most, and nothing may follow it', () => {
    const most = new Uint8Array(262_144);
    const read = readMessageContent(EXTENDED, deflated(2, deflate(most)));
    assert.ok(typeof read !== 'string');
    assert.equal(read.bytes.length, most.length);
    for (const rest of [
      deflate(new Uint8Array(262_145)),
      concat(deflate(utf8('leak')), new Uint8Array(1)),
      deflate(utf8('leak')).subarray(0, -1),
      new Uint8Array(),
      filled(3, 0xff),
    ]) {
      assert.equal(readMessageContent(EXTENDED, deflated(2, rest)), 'malformed');
    }
  });

  it('of another type is unsupported, and so is one that is large: it is not all there', () => {
    for (const type of [5, 0x7f, PLAIN_TYPE.receipts, PLAIN_TYPE.keys, 255]) {
      assert.equal(readMessageContent(type, utf8('leak')), 'unsupported');
    }
    const head = encodeExtended({
      inner: 2,
      isDeflated: false,
      isLarge: true,
      label: '',
      rest: filled(99, 1),
    });
    assert.equal(readMessageContent(EXTENDED, head), 'unsupported');
  });
});
