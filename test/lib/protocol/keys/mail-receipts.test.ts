import assert from 'node:assert/strict';
import { concat, toHex } from '../../../../lib/bytes';
import { MAX_MESSAGE_SIZE } from '../../../../lib/constants';
import type { CodeWord, ReceiptCode } from '../../../../lib/protocol/codes';
import {
  decodeMailReceipts,
  encodeMailReceipts,
  type KeyedReceipt,
} from '../../../../lib/protocol/keys/mail-receipts';
import { preKeyId } from '../../../../lib/protocol/names';
import { bytes, filled, MESSAGE_ID, throwsCode } from '../support/fixtures';

const failure = { messageId: MESSAGE_ID, code: 'malformed' } as const;

/** The message whose id begins with four bytes `start` came by this key. */
function by(batch: number, index: number, start = 0xaa): KeyedReceipt {
  return { preKeyId: preKeyId(batch, index), idStart: filled(4, start) };
}

describe('receipts by mail', () => {
  it('are the keys still held, a bit and four bytes of an id for each key, and each other id with its code', () => {
    const mail = {
      held: 258,
      arrived: [by(0x010203, 1, 0xa1), by(0x010203, 104, 0xa2), by(2, 9, 0xa3)],
      receipts: [failure],
    };
    const data = encodeMailReceipts(mail);
    assert.equal(
      toHex(data),
      [
        '0102 02',
        '010203 80000000000000000000000001 a1a1a1a1 a2a2a2a2',
        '000002 00800000000000000000000000 a3a3a3a3',
        `01 ${toHex(MESSAGE_ID)} 0d`,
      ]
        .join('')
        .replaceAll(' ', ''),
    );
    assert.deepEqual(decodeMailReceipts(data), mail);
    const shuffled = { ...mail, arrived: [by(0x010203, 104, 0xa2), by(2, 9, 0xa3), by(0x010203, 1, 0xa1)] };
    assert.deepEqual(encodeMailReceipts(shuffled), data);
  });

  it('may be none at all: then they tell the stock', () => {
    const nothing = { held: 7, arrived: [], receipts: [] };
    assert.equal(toHex(encodeMailReceipts(nothing)), '00070000');
    assert.deepEqual(decodeMailReceipts(bytes('0007 00 00')), nothing);
  });

  it('may say `ok` in the second list, and name a batch without a bit', () => {
    assert.deepEqual(decodeMailReceipts(concat(bytes('0000 00 01'), MESSAGE_ID, bytes('00'))).receipts, [
      { messageId: MESSAGE_ID, code: 'ok' },
    ]);
    const noBit = `0000 01 000001 ${'00'.repeat(13)} 00`;
    assert.deepEqual(decodeMailReceipts(bytes(noBit)), { held: 0, arrived: [], receipts: [] });
  });

  it('are about 300 by key, or 41 others, in one message', () => {
    const keys = Array.from({ length: 326 }, (_, i) => by(1 + Math.floor(i / 104), 1 + (i % 104)));
    const full = { held: 0, arrived: keys, receipts: [] };
    assert.ok(encodeMailReceipts(full).length <= MAX_MESSAGE_SIZE);
    assert.deepEqual(decodeMailReceipts(encodeMailReceipts(full)), full);
    throwsCode(
      () => encodeMailReceipts({ ...full, arrived: [...keys, by(4, 15), by(4, 16)] }),
      'ErrInvalidArgument',
    );
    const failures = { held: 0, arrived: [], receipts: Array.from({ length: 41 }, () => failure) };
    assert.deepEqual(decodeMailReceipts(encodeMailReceipts(failures)), failures);
    throwsCode(
      () => encodeMailReceipts({ ...failures, receipts: [...failures.receipts, failure] }),
      'ErrInvalidArgument',
    );
  });

  it('are of 64 batches at most', () => {
    const one = (batch: number) => by(batch, 1);
    const batches = Array.from({ length: 64 }, (_, i) => one(i + 1));
    const mail = { held: 0, arrived: batches, receipts: [] };
    assert.deepEqual(decodeMailReceipts(encodeMailReceipts(mail)), mail);
    throwsCode(() => encodeMailReceipts({ ...mail, arrived: [...batches, one(65)] }), 'ErrInvalidArgument');
    const more = encodeMailReceipts(mail).slice(0, -1);
    more[2] = 65;
    throwsCode(
      () => decodeMailReceipts(concat(more, bytes(`000041 80${'00'.repeat(12)} aaaaaaaa 00`))),
      'ErrMalformed',
    );
  });

  it('are refused when a batch is 0 or named twice', () => {
    const batch = (number: string) => `${number} 80${'00'.repeat(12)} aaaaaaaa`;
    for (const wrong of [`01 ${batch('000000')}`, `02 ${batch('000005')} ${batch('000005')}`]) {
      throwsCode(() => decodeMailReceipts(bytes(`0000 ${wrong} 00`)), 'ErrMalformed', wrong);
    }
    assert.equal(
      decodeMailReceipts(bytes(`0000 02 ${batch('000005')} ${batch('000006')} 00`)).arrived.length,
      2,
    );
    for (const wrong of [by(0, 1), by(1, 0), by(1, 105)]) {
      throwsCode(() => encodeMailReceipts({ held: 0, arrived: [wrong], receipts: [] }), 'ErrInvalidArgument');
    }
    throwsCode(
      () => encodeMailReceipts({ held: 0, arrived: [by(1, 1), by(1, 1)], receipts: [] }),
      'ErrInvalidArgument',
    );
  });

  it('are refused when cut, too long, or with more or fewer ids than bits', () => {
    const data = encodeMailReceipts({ held: 1, arrived: [by(1, 1), by(1, 2)], receipts: [failure] });
    for (let length = 0; length < data.length; length += 1)
      throwsCode(() => decodeMailReceipts(data.subarray(0, length)), 'ErrMalformed');
    throwsCode(() => decodeMailReceipts(concat(data, bytes('00'))), 'ErrMalformed');
    const bit = data.slice();
    for (const bitmap of [0x80, 0xe0]) {
      bit[6] = bitmap;
      throwsCode(() => decodeMailReceipts(bit), 'ErrMalformed');
    }
  });

  it('are refused with a code that no receipt has', () => {
    for (const code of ['01', '0f', '14', 'ff']) {
      throwsCode(
        () => decodeMailReceipts(concat(bytes('0000 00 01'), MESSAGE_ID, bytes(code))),
        'ErrMalformed',
      );
    }
    const busy = { messageId: MESSAGE_ID, code: 'busy' as CodeWord as ReceiptCode };
    throwsCode(() => encodeMailReceipts({ held: 1, arrived: [], receipts: [busy] }), 'ErrInvalidArgument');
  });
});
