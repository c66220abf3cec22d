import assert from 'node:assert/strict';
import { packed } from '../../../lib/store/record-form';

const again = (record: object) => packed.decode(packed.encode(record).slice());

describe('how a record is written down', () => {
  it('gives back every kind of value', () => {
    const record = {
      nothing: null,
      yes: true,
      no: false,
      counts: [0, 1, 127, 128, 16_383, 16_384, 2 ** 21, 2 ** 28 - 1, 2 ** 28, 2 ** 31 - 1],
      numbers: [-1, 0.5, 2 ** 31, 2 ** 53 - 1, 1_764_499_200_123, -Infinity, Infinity, 5e-324],
      texts: ['', 'a', 'größer', 'x'.repeat(64), 'y'.repeat(65), 'ÿ'.repeat(300), 'Ā', '日本語', '🙂'],
      bytes: [new Uint8Array(), new Uint8Array([0, 255]), new Uint8Array(9000).fill(7)],
      empty: { object: {}, array: [] },
      deep: { deep: { deep: [{ deep: 1 }] } },
    };
    assert.deepEqual(again(record), record);
  });

  it('leaves out fields that are undefined, and keeps the places of an array', () => {
    assert.deepEqual(again({ a: undefined, b: [1, undefined, 2] }), { b: [1, null, 2] });
  });

  it('gives bytes that are neither the record nor the memory that it was written in', () => {
    const encoded = packed.encode({ bytes: new Uint8Array([1, 2, 3]) });
    const decoded = packed.decode(encoded);
    encoded.fill(0);
    assert.deepEqual(decoded, { bytes: new Uint8Array([1, 2, 3]) });
  });

  it('takes bytes of a Buffer for bytes', () => {
    assert.deepEqual(again({ bytes: Buffer.from([1, 2]) }), { bytes: new Uint8Array([1, 2]) });
  });
});
