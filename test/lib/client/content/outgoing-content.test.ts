import assert from 'node:assert/strict';
import { utf8 } from '../../../../lib/bytes';
import { packOutgoing } from '../../../../lib/client/content/outgoing-content';
import type { MessageInput, SendOptions } from '../../../../lib/client/messages';
import { MAX_PAYLOAD_SIZE } from '../../../../lib/constants';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { inflate } from '../../../../lib/platform/deflate';

const crypto = chooseCryptoProvider();
const pack = (content: MessageInput, type = 0, options: Pick<SendOptions, 'label' | 'compress'> = {}) =>
  packOutgoing(crypto, content, type, options);
/** As JavaScript may call it. */
const refuses = (code: string, content: unknown, type = 0, options: object = {}, what = String(content)) =>
  assert.throws(() => pack(content as MessageInput, type, options), { code }, what);

describe('what a caller wants to be sent', () => {
  it('is a text or an action, bytes, or a value as JSON', () => {
    const inner = (content: MessageInput, type = 0) => {
      const packed = pack(content, type);
      return [packed.inner, packed.bytes];
    };
    assert.deepEqual(inner('ä'), [0, utf8('ä')]);
    assert.deepEqual(inner('waves', 1), [1, utf8('waves')]);
    assert.deepEqual(inner(new Uint8Array([0xff])), [2, new Uint8Array([0xff])]);
    assert.deepEqual(inner({ json: { a: [1, false], gone: undefined } }), [3, utf8('{"a":[1,false]}')]);
    for (const [json, text] of [
      ['x', '"x"'],
      [null, 'null'],
      [0, '0'],
      [false, 'false'],
    ] as const) {
      assert.deepEqual(inner({ json }), [3, utf8(text)]);
    }
  });

  it('is copied, and leaves the bytes of the caller alone, deflated or not', () => {
    for (const given of [new Uint8Array([1, 2, 3]), new Uint8Array(2000).fill(7)]) {
      const before = given.slice();
      const { bytes, isDeflated } = pack(given);
      bytes.fill(0);
      assert.deepEqual(given, before);
      assert.equal(isDeflated, given.length > 3);
    }
  });

  it('is deflated unless that is off, and never a text', () => {
    const value = { readings: Array<number>(500).fill(21.5) };
    const packed = pack({ json: value });
    assert.ok(packed.isDeflated);
    assert.deepEqual(inflate(packed.bytes, MAX_PAYLOAD_SIZE), utf8(JSON.stringify(value)));
    assert.equal(pack({ json: value }, 0, { compress: 'off' }).isDeflated, false);
    assert.equal(pack('a'.repeat(1372)).isDeflated, false);
  });

  it('leaves nothing of it in memory that it copied and does not give back', () => {
    const wiped: Uint8Array[] = [];
    const watching = { wipe: (bytes: Uint8Array) => wiped.push(bytes.slice()) };
    const given = new Uint8Array(2000).fill(7);
    packOutgoing(watching, given, 0, {});
    assert.deepEqual(wiped, [given]);
    assert.throws(() => packOutgoing(watching, given, 0, { label: '\n' }), { code: 'ErrInvalidArgument' });
    assert.deepEqual(wiped, [given, given]);
  });

  it('is a copy of bytes, also of those in a Buffer', () => {
    for (const given of [new Uint8Array([1, 2]), Buffer.from([1, 2])]) {
      const { bytes } = pack(given);
      bytes.fill(0);
      assert.deepEqual([...given], [1, 2]);
    }
  });

  it('has 1 to 262,144 bytes before it is deflated', () => {
    refuses('ErrMessageEmpty', '');
    refuses('ErrMessageEmpty', new Uint8Array());
    assert.ok(pack(new Uint8Array(MAX_PAYLOAD_SIZE)).isDeflated);
    refuses('ErrMessageTooLarge', new Uint8Array(MAX_PAYLOAD_SIZE + 1), 0, {}, 'bytes');
    assert.equal(pack({ json: 'a'.repeat(MAX_PAYLOAD_SIZE - 2) }).inner, 3);
    refuses('ErrMessageTooLarge', { json: 'a'.repeat(MAX_PAYLOAD_SIZE - 1) }, 0, {}, 'JSON');
    refuses('ErrMessageTooLarge', 'ä'.repeat(MAX_PAYLOAD_SIZE / 2 + 1), 0, {}, 'text');
  });

  it('has a label that is none when it is empty or left out', () => {
    assert.equal(pack('x', 0, { label: 'garden' }).label, 'garden');
    assert.equal(pack('x', 0, { label: '' }).label, '');
    assert.equal(pack('x').label, '');
    for (const label of ['a'.repeat(256), 'a\nb', '\u0085', '\ud800', 5, null, ['x']]) {
      refuses('ErrInvalidArgument', 'x', 0, { label });
    }
  });

  it('is refused when it is something else, or its type or option is', () => {
    for (const content of [5, null, undefined, true, {}, [], new ArrayBuffer(1)]) {
      refuses('ErrInvalidArgument', content);
    }
    for (const type of [2, 3, -1, 0.5, NaN]) refuses('ErrInvalidArgument', 'x', type);
    refuses('ErrInvalidArgument', new Uint8Array(1), 1);
    refuses('ErrInvalidArgument', { json: 1 }, 1);
    refuses('ErrInvalidArgument', 'x', 0, { compress: 'on' });
    refuses('ErrMalformed', '\ud800');
  });

  it('says where JSON has something without a JSON form', () => {
    const bad = { list: [1, { deep: new Map() }] };
    assert.throws(() => pack({ json: bad }), {
      code: 'ErrInvalidArgument',
      message: /^json\.list\[1\]\.deep is of the class Map, which JSON cannot carry/,
    });
    refuses('ErrInvalidArgument', { json: undefined });
    refuses('ErrInvalidArgument', { json: [NaN] });
  });
});
