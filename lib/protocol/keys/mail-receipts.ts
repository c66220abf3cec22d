import { MAX_MESSAGE_SIZE } from '../../constants';
import { ToxAsyncError } from '../../errors';
import { ByteReader } from '../byte-reader';
import { ByteWriter } from '../byte-writer';
import { MESSAGE_ID_BYTES, preKeyId } from '../names';
import { MAX_RECEIPTS, readReceipt, writeReceipt } from '../session/body-codec';
import type { Receipt } from '../session/session-message';
import { BITMAP_BYTES, fromBitmap, toBitmap } from './key-bitmap';
import { readBatch, writeBatch } from './key-list';

/**
 * The data of a message of type 0x80 (docs/PROTOCOL.md, "Types"): held 2 | n 1 | n x (batch 3 | bitmap 13 | for each set
 * bit, by rising index: message id[:4]) | m 1 | m x (message id 32 | code 1).
 */
export interface MailReceipts {
  /** Keys of the reader that the writer still holds after sealing this. */
  readonly held: number;
  /** Messages that are durable at the writer; of at most 64 batches. */
  readonly arrived: readonly KeyedReceipt[];
  /** What else became of messages; at most 41. */
  readonly receipts: readonly Receipt[];
}

/** The message that opened with a key of the writer's is durable there. */
export interface KeyedReceipt {
  readonly preKeyId: number;
  /** The first four bytes of its id. */
  readonly idStart: Uint8Array;
}

/** Of a message id, as much as tells the reader's message from another one that a restored reader sealed to the same key. */
export const ID_START_BYTES = 4;
/** What a batch takes besides its messages, bytes. */
export const BATCH_HEAD_BYTES = 3 + BITMAP_BYTES;
export const MAX_RECEIPT_BATCHES = 64;
/** A receipt in the second list, bytes. */
export const LISTED_BYTES = MESSAGE_ID_BYTES + 1;
/** `held` and the two counts, bytes. */
export const FIXED_BYTES = 4;

/** Batches stand in the order of their first message. @throws ErrInvalidArgument also for what one mail has no room for */
export function encodeMailReceipts({ held, arrived, receipts }: MailReceipts): Uint8Array {
  const batches = [...byBatch(arrived)];
  const w = new ByteWriter('receipt message').u16(held);
  w.count(batches, MAX_RECEIPT_BATCHES).each(batches, ([batch, starts]) => {
    const indexes = [...starts.keys()].sort((a, b) => a - b);
    writeBatch(w, batch);
    w.bytes(toBitmap(indexes));
    for (const index of indexes) w.fixed(starts.get(index) ?? new Uint8Array(), ID_START_BYTES);
  });
  w.count(receipts, MAX_RECEIPTS).each(receipts, (receipt) => writeReceipt(w, receipt));
  const data = w.done();
  if (data.length > MAX_MESSAGE_SIZE) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      `Receipts of ${data.length} bytes do not fit one message of ${MAX_MESSAGE_SIZE}. Put some into another.`,
    );
  }
  return data;
}

/** @throws ErrMalformed */
export function decodeMailReceipts(data: Uint8Array): MailReceipts {
  const r = new ByteReader(data, 'receipt message');
  const held = r.u16();
  const batches = new Set<number>();
  const arrived = r.list(r.count(MAX_RECEIPT_BATCHES), () => {
    const batch = readBatch(r);
    if (batches.has(batch)) throw r.bad('it names a batch twice');
    batches.add(batch);
    return fromBitmap(r.bytes(BITMAP_BYTES)).map((index): KeyedReceipt => {
      return { preKeyId: preKeyId(batch, index), idStart: r.bytes(ID_START_BYTES) };
    });
  });
  const receipts = r.list(r.count(MAX_RECEIPTS), () => readReceipt(r));
  r.end();
  return { held, arrived: arrived.flat(), receipts };
}

/** By batch, the starts of ids by index. */
function byBatch(arrived: readonly KeyedReceipt[]): Map<number, Map<number, Uint8Array>> {
  const batches = new Map<number, Map<number, Uint8Array>>();
  for (const { preKeyId, idStart } of arrived) {
    const batch = preKeyId >>> 8;
    const starts = batches.get(batch) ?? new Map<number, Uint8Array>();
    if (starts.has(preKeyId & 0xff)) {
      throw new ToxAsyncError('ErrInvalidArgument', 'A key opened one message. Name it once.');
    }
    batches.set(batch, starts.set(preKeyId & 0xff, idStart));
  }
  return batches;
}
