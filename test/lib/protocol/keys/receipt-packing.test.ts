import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeMailReceipts, encodeMailReceipts } from '../../../../lib/protocol/keys/mail-receipts';
import { type DueReceipt, ReceiptPacking } from '../../../../lib/protocol/keys/receipt-packing';
import { preKeyId } from '../../../../lib/protocol/names';

const CODES = ['ok', 'malformed', 'unsupported', 'incomplete'] as const;

/** An id of its own for each number. */
function idOf(n: number): Uint8Array {
  const id = new Uint8Array(32);
  new DataView(id.buffer).setUint32(0, n);
  return id;
}

function due(n: number, batch: number, index: number, code: DueReceipt['code'] = 'ok'): DueReceipt {
  return { messageId: idOf(n), code, preKeyId: preKeyId(batch, index) };
}

/** All keys of as many batches of `size` as hold `count`. */
function stream(count: number, size: number): DueReceipt[] {
  return Array.from({ length: count }, (_, i) => due(i, 1 + Math.floor(i / size), 1 + (i % size)));
}

describe('the packing of receipts into one mail', () => {
  it('takes 326 by key from batches of 104, and 310 from batches of 40', () => {
    assert.equal(new ReceiptPacking(stream(1000, 104)).packed.length, 326);
    assert.equal(new ReceiptPacking(stream(1000, 40)).packed.length, 310);
  });

  it('takes one each of 64 batches', () => {
    const one = Array.from({ length: 70 }, (_, i) => due(i, 1 + i, 1));
    assert.equal(new ReceiptPacking(one).packed.length, 64);
  });

  it('takes failures first, and by id what has no key', () => {
    const failed = { ...due(1, 1, 1), code: 'malformed' as const };
    const keyless = { ...due(2, 1, 2), preKeyId: undefined };
    const packing = new ReceiptPacking([...stream(500, 104), failed, keyless]);
    assert.deepEqual(packing.packed.slice(0, 2), [failed, keyless]);
    const { held, receipts, arrived } = packing.content(9);
    assert.deepEqual([held, receipts.map(({ code }) => code)], [9, ['malformed', 'ok']]);
    assert.equal(arrived.length, packing.packed.length - 2);
  });

  it('takes largest batches first, and what was never mailed before what was', () => {
    const small = due(900, 900, 1);
    const packing = new ReceiptPacking([small, ...stream(400, 104)]);
    assert.equal(packing.packed.includes(small), false);
    const before = new ReceiptPacking([small], stream(400, 104));
    assert.equal(before.packed[0], small);
    assert.ok(before.packed.length > 300);
  });

  it('leaves the second of two messages of one key to the next mail', () => {
    const [first, second] = [due(1, 5, 5), due(2, 5, 5)];
    assert.deepEqual(new ReceiptPacking([first, second]).packed, [first]);
  });

  it('never makes what does not fit or does not read as what was meant', () => {
    const receipt = fc
      .tuple(fc.nat(80), fc.integer({ min: 1, max: 104 }), fc.constantFrom(...CODES), fc.boolean())
      .map(([batch, index, code, known]): Omit<DueReceipt, 'messageId'> => {
        return { code, preKeyId: known ? preKeyId(batch + 1, index) : undefined };
      });
    const lists = fc.array(fc.array(receipt, { maxLength: 600 }), { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(lists, (some) => {
        let n = 0;
        const packing = new ReceiptPacking(
          ...some.map((list) => list.map((each): DueReceipt => ({ ...each, messageId: idOf((n += 1)) }))),
        );
        const { arrived, receipts } = decodeMailReceipts(encodeMailReceipts(packing.content(1)));
        assert.equal(arrived.length + receipts.length, packing.packed.length);
        if (n > 0) assert.ok(packing.packed.length > 0);
      }),
      { numRuns: 50 },
    );
  });
});
