import assert from 'node:assert/strict';
import { concat, toHex } from '../../../../../lib/bytes';
import { decodeLargeHead, encodeLargeHead } from '../../../../../lib/protocol/envelope/large/large-head';
import { chunkCount, chunkRange, firstBytes } from '../../../../../lib/protocol/envelope/large/large-layout';
import { headOf, readHead } from '../../../vectors/support/reference/large';
import { filled, throwsCode } from '../../support/fixtures';

const KEY = filled(32, 9);
const payload = (total: number, label: Uint8Array = new Uint8Array()) => ({
  payloadKey: KEY,
  label,
  inner: 2,
  deflated: false,
  data: filled(total, 5),
});
/** What follows the label. */
const restOf = (head: Uint8Array) => head.subarray(3 + (head[2] ?? 0));

describe('the head of a large message', () => {
  it('is what the page says', () => {
    for (const label of [new Uint8Array(), filled(6, 0x61), filled(255, 0x61)]) {
      const first = firstBytes(label.length);
      for (const total of [first + 1, first + 5300, first + 5301, 262_144]) {
        const head = headOf(payload(total, label));
        const fields = { total, key: KEY, first: filled(first, 5) };
        assert.equal(toHex(encodeLargeHead(fields)), toHex(restOf(head)));
        assert.deepEqual(decodeLargeHead(restOf(head), 3 + label.length), fields);
      }
    }
  });

  it('leaves 1,332 bytes to the payload without a label and 1,077 beside the longest', () => {
    assert.deepEqual([firstBytes(0), firstBytes(255)], [1332, 1077]);
  });

  it('names at most 50 chunks', () => {
    assert.equal(chunkCount({ total: 262_144, first: firstBytes(255) }), 50);
    assert.equal(chunkCount({ total: 262_144, first: firstBytes(0) }), 50);
    assert.equal(chunkCount({ total: 1333, first: 1332 }), 1);
  });

  it('lays the chunks one after the other from its own end to the total', () => {
    const layout = { total: 1332 + 5300 + 7, first: 1332 };
    assert.deepEqual(chunkRange(layout, 0), { from: 1332, to: 6632 });
    assert.deepEqual(chunkRange(layout, 1), { from: 6632, to: 6639 });
  });

  it('is malformed with a total that its data reach or that is over 262,144', () => {
    for (const total of [0, 1331, 1332, 262_145, 0xffffffff]) {
      for (const chunks of [0, 1, 50, 51]) {
        const head = headOf(payload(2000), { total, chunks });
        throwsCode(() => decodeLargeHead(restOf(head), 3), 'ErrMalformed');
        assert.equal(readHead(head), 'malformed');
      }
    }
  });

  it('is malformed with another number of chunks than its total makes', () => {
    for (const chunks of [0, 2, 51, 255]) {
      const head = headOf(payload(2000), { chunks });
      throwsCode(() => decodeLargeHead(restOf(head), 3), 'ErrMalformed');
      assert.equal(readHead(head), 'malformed');
    }
  });

  it('is malformed when the content has not exactly 1,372 bytes', () => {
    for (const first of [1331, 1333]) {
      const head = headOf(payload(2000), { first });
      throwsCode(() => decodeLargeHead(restOf(head), 3), 'ErrMalformed');
      assert.equal(readHead(head), 'malformed');
    }
    throwsCode(() => decodeLargeHead(new Uint8Array(), 1372), 'ErrMalformed');
    throwsCode(() => decodeLargeHead(filled(36, 0), 1336), 'ErrMalformed');
    // A label that leaves no byte to the payload.
    throwsCode(() => decodeLargeHead(concat(new Uint8Array([0, 0, 8, 0, 1]), KEY), 1335), 'ErrMalformed');
  });

  it('cannot be made for what it cannot say', () => {
    const fields = { total: 2000, key: KEY, first: filled(1332, 5) };
    throwsCode(() => encodeLargeHead({ ...fields, total: 1332 }), 'ErrInvalidArgument');
    throwsCode(() => encodeLargeHead({ ...fields, total: 262_145 }), 'ErrInvalidArgument');
    throwsCode(() => encodeLargeHead({ ...fields, first: new Uint8Array() }), 'ErrInvalidArgument');
    throwsCode(() => encodeLargeHead({ ...fields, key: filled(31, 1) }), 'ErrInvalidArgument');
  });
});
