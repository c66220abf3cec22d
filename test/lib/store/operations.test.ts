import assert from 'node:assert/strict';
import fc from 'fast-check';
import { concat } from '../../../lib/bytes';
import { type Operation, Operations, operationsIn } from '../../../lib/store/operations';
import { hasCode } from '../../../lib/testing/has-code';

const key = fc.uint8Array({ minLength: 1, maxLength: 256 });
const value = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 3 });
const written = fc.array(fc.tuple(key, fc.option(value, { nil: undefined })), { maxLength: 20 });

type Written = readonly (readonly [Uint8Array, Uint8Array[] | undefined])[];

function write(list: Written): Operations {
  const operations = new Operations();
  for (const [key, value] of list) {
    if (value) operations.put(key, value);
    else operations.delete(key);
  }
  return operations;
}

const plain = (list: Written): Operation[] =>
  list.map(([key, value]) => [key, value && concat(...value)] as const);

describe('operations of a batch', () => {
  it('come out as they were put in, with the parts of a value joined', () => {
    fc.assert(
      fc.property(written, (list) => {
        const operations = write(list);
        assert.equal(operations.count, list.length);
        assert.deepEqual([...operations], plain(list));
        assert.deepEqual([...operations.copies()], plain(list));
        assert.deepEqual([...operationsIn(new Uint8Array(operations.take()))], plain(list));
      }),
    );
  });

  it('of several batches follow each other', () => {
    fc.assert(
      fc.property(fc.array(written, { maxLength: 5 }), (lists) => {
        const joined = Operations.join(lists.map(write));
        assert.equal(joined.count, lists.flat().length);
        assert.deepEqual([...joined], lists.flatMap(plain));
      }),
    );
  });

  it('do not change with the bytes that they were made from', () => {
    const [key, value] = [Uint8Array.of(1), Uint8Array.of(2)];
    const operations = write([[key, [value]]]);
    key.fill(9);
    value.fill(9);
    assert.deepEqual([...operations], [[Uint8Array.of(1), Uint8Array.of(2)]]);
  });

  it('lie in blocks that others had before, and show nothing of theirs', () => {
    fc.assert(
      fc.property(written, written, (first, second) => {
        write(first).release();
        const operations = write(second);
        assert.deepEqual([...operations], plain(second));
        assert.deepEqual([...operationsIn(new Uint8Array(operations.take()))], plain(second));
      }),
    );
  });

  it('are gone for whoever released them, and still counted', () => {
    const operations = write([[Uint8Array.of(1), [Uint8Array.of(2)]]]);
    operations.release();
    assert.deepEqual([[...operations], operations.count, operations.byteLength], [[], 1, 0]);
  });

  it('have keys of 1 to 256 bytes', () => {
    const operations = new Operations();
    for (const length of [0, 257]) {
      assert.throws(() => operations.put(new Uint8Array(length), []), hasCode('ErrInvalidArgument'));
      assert.throws(() => operations.delete(new Uint8Array(length)), hasCode('ErrInvalidArgument'));
    }
    assert.equal(operations.count, 0);
  });

  it('leave no copy behind in a block that is given away', () => {
    const operations = write([[Uint8Array.of(1), [Uint8Array.of(2)]]]);
    assert.equal(operations.byteLength, 6 + 2);
    assert.deepEqual(new Uint8Array(operations.take()).subarray(6, 9), Uint8Array.of(1, 2, 0));
    assert.equal(operations.byteLength, 0);
    assert.deepEqual([...operations], []);
  });
});
