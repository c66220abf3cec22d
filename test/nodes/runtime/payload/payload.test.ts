import assert from 'node:assert/strict';
import vm from 'node:vm';
import { MAX_PAYLOAD_SIZE } from '../../../../lib/index';
import { readPayload } from '../../../../nodes/runtime/payload/payload';
import { payloadText } from '../../../../nodes/runtime/payload/payload-text';

/** As a Function node makes it, whose own globals are not ours. */
const foreign = (code: string): unknown => vm.runInNewContext(code);

describe('The payload of a message', () => {
  it('is text as it is, and text for a Date and an Error', () => {
    const texts: [unknown, string][] = [
      [' Leck im Keller \u{1F4A7} ', ' Leck im Keller \u{1F4A7} '],
      [new Date(0), '1970-01-01T00:00:00.000Z'],
      [foreign('new Date(0)'), '1970-01-01T00:00:00.000Z'],
      [Object.assign(new Date(0), { toISOString: () => 'never' }), '1970-01-01T00:00:00.000Z'],
      [new TypeError('the pump stands'), 'the pump stands'],
      [foreign('new Error("the pump stands")'), 'the pump stands'],
      [new RangeError(''), 'RangeError'],
    ];
    for (const [payload, text] of texts) assert.deepEqual(readPayload(payload), { kind: 'text', text });
  });

  it('comes out of its JSON as it was', () => {
    const values: unknown[] = [
      42.5,
      -0,
      0,
      1e21,
      true,
      false,
      null,
      [],
      {},
      [[], {}, [null]],
      { leak: true, at: [1, 2], 'odd key': { '': 'x', 'a"b\n': null } },
      JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1, "toString": "x"}'),
      Object.assign(Object.create(null) as object, { a: 1 }),
    ];
    for (const value of values) {
      const read = readPayload(value);
      assert.equal(read.kind, 'json');
      const out: unknown = JSON.parse(read.text);
      if (Object.is(value, -0)) assert.ok(Object.is(out, -0));
      else assert.deepEqual(out, JSON.parse(JSON.stringify(value)));
    }
    assert.equal(payloadText({ when: new Date(0), gone: undefined }), '{"when":"1970-01-01T00:00:00.000Z"}');
    assert.equal(
      payloadText(foreign('({ a: [1, { b: 2 }], e: new Error("x") })')),
      '{"a":[1,{"b":2}],"e":"x"}',
    );
  });

  it('is the bytes of a Buffer, an ArrayBuffer, and any view of one', () => {
    const { buffer } = Uint8Array.of(0, 104, 105, 0);
    const shared = new Uint8Array(new SharedArrayBuffer(2));
    shared.set([104, 105]);
    for (const payload of [
      Buffer.from('hi'),
      Uint8Array.of(104, 105),
      Uint8Array.of(104, 105).buffer,
      shared,
      shared.buffer,
      new DataView(buffer, 1, 2),
      new Uint16Array(Uint8Array.of(104, 105).buffer),
      foreign('new Uint8Array([104, 105])'),
      foreign('new Uint8Array([104, 105]).buffer'),
    ]) {
      const read = readPayload(payload);
      assert.deepEqual(read, { kind: 'binary', bytes: Uint8Array.of(104, 105) });
      assert.equal(payloadText(payload), 'hi');
    }
  });

  it('is a copy: what the flow does with its own afterwards changes nothing', () => {
    const bytes = Buffer.from('as it was');
    const tree = { deep: [{ text: 'as it was' }] };
    const [readBytes, readTree] = [readPayload(bytes), readPayload(tree)];
    bytes.fill(0);
    tree.deep[0] = { text: 'changed' };
    assert.deepEqual(readBytes, { kind: 'binary', bytes: new Uint8Array(Buffer.from('as it was')) });
    assert.deepEqual(readTree, { kind: 'json', text: '{"deep":[{"text":"as it was"}]}' });
  });

  it('is missing when there is none, or an empty one', () => {
    for (const payload of [
      undefined,
      '',
      Buffer.alloc(0),
      new ArrayBuffer(0),
      new DataView(new ArrayBuffer(1), 1),
    ]) {
      assert.throws(() => readPayload(payload), { code: 'ErrMessageEmpty' });
    }
  });

  it('is too large as soon as its JSON is, also where it is small in memory', () => {
    let doubled: unknown[] = [];
    for (let round = 0; round < 60; round += 1) doubled = [doubled, doubled];
    const long = 'x'.repeat(MAX_PAYLOAD_SIZE);
    for (const payload of [doubled, { long }, { [long]: 1 }, Array<number>(MAX_PAYLOAD_SIZE).fill(1)]) {
      assert.throws(() => readPayload(payload), { code: 'ErrMessageTooLarge' });
    }
  });
});

describe('A payload that would not arrive as it was', () => {
  const circle: Record<string, unknown> = {};
  circle.inner = { circle };
  const deep = (levels: number) => {
    let value: unknown = 1;
    for (let level = 0; level < levels; level += 1) value = [value];
    return value;
  };
  const throwing = {
    get secret(): never {
      throw new Error('not for you');
    },
  };
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  class Reading {
    readonly celsius = 21;
  }
  const half = '\uD83D';

  const cases: [string, unknown, RegExp][] = [
    ['a Map', new Map([[1, 2]]), /^msg\.payload is of the class Map,/],
    ['a Set', { seen: new Set([1]) }, /^msg\.payload\.seen is of the class Set,/],
    ['a function', { run: () => 1 }, /^msg\.payload\.run is a function,/],
    ['a function alone', () => 1, /^msg\.payload is a function,/],
    ['a Promise', [Promise.resolve(1)], /^msg\.payload\[0\] is of the class Promise,/],
    ['a RegExp', { 'odd key': /x/ }, /^msg\.payload\["odd key"\] is of the class RegExp,/],
    ['a RegExp of a Function node', foreign('/x/'), /^msg\.payload is of the class RegExp,/],
    ['an instance of a class', new Reading(), /^msg\.payload is of the class Reading,/],
    ['an object that inherits', Object.create({ a: 1 }), /^msg\.payload is an object with a prototype,/],
    ['a boxed number', Object(1), /^msg\.payload is of the class Number,/],
    ['a symbol', Symbol('x'), /^msg\.payload is a symbol,/],
    ['a symbol for a name', { [Symbol('x')]: 1 }, /^msg\.payload is an object with a symbol/],
    ['a bigint', { big: 10n }, /^msg\.payload\.big is a bigint,/],
    ['NaN', { a: NaN }, /^msg\.payload\.a is NaN,/],
    ['Infinity', -Infinity, /^msg\.payload is -Infinity,/],
    ['undefined in a list', [1, undefined], /^msg\.payload\[1\] is undefined,/],
    ['a list with gaps', Array(3), /^msg\.payload is a list with gaps/],
    ['a list with names', 'ab'.match(/(a)/), /^msg\.payload is a list with gaps or names/],
    ['a circle', circle, /^msg\.payload\.inner\.circle is an object or list that contains itself/],
    ['nesting beyond measure', deep(501), /nested more than 500 levels deep/],
    ['nesting of a million levels', deep(1_000_000), /nested more than 500 levels deep/],
    ['a getter that throws', { a: throwing }, /^msg\.payload\.a\.secret is something that throws/],
    ['a revoked proxy', revoked.proxy, /^msg\.payload is something that throws/],
    ['a Date that is none', { at: new Date(NaN) }, /^msg\.payload\.at is a Date that is no time/],
    ['bytes inside', { raw: Buffer.from('x') }, /^msg\.payload\.raw is bytes inside an object,/],
    ['half a character', `a${half}`, /^msg\.payload is text with half a character/],
    ['half a character inside', { text: half }, /^msg\.payload\.text is text with half/],
    ['half a character in a name', { [half]: 1 }, /^msg\.payload is text with half/],
    ['half a character of an Error', new Error(half), /^msg\.payload is text with half/],
    ['toJSON', { toJSON: () => 'x' }, /^msg\.payload\.toJSON is a function,/],
  ];
  for (const [what, payload, text] of cases) {
    it(`is refused with its path: ${what}`, () => {
      assert.throws(
        () => readPayload(payload),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, 'ErrPayload');
          assert.match(error.message, text);
          return true;
        },
      );
    });
  }

  it('is nested as deep as that, and no deeper: 500 levels', () => {
    assert.equal(payloadText(deep(500)), `${'['.repeat(500)}1${']'.repeat(500)}`);
  });

  it('is refused today when its bytes are no text', () => {
    for (const bytes of [Buffer.from([0xff]), Buffer.from([0xe2, 0x82]), Buffer.from([0xed, 0xa0, 0x80])]) {
      assert.throws(() => payloadText(bytes), {
        code: 'ErrPayload',
        message: /^msg\.payload is bytes that are not UTF-8 text/,
      });
    }
  });

  it('is named by both ends of a path that is long', () => {
    const long = { ['x'.repeat(500)]: { end: new Map() } };
    assert.throws(
      () => readPayload(long),
      (error: Error) => {
        assert.match(error.message, /^msg\.payload\.x+…x+\.end is of the class Map,/);
        assert.ok(error.message.length < 300);
        return true;
      },
    );
  });
});
