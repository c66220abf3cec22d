import { ByteReader } from '../byte-reader';
import { ByteWriter } from '../byte-writer';
import { MAX_RECEIPTS, readReceipt, writeReceipt } from '../session/body-codec';
import type { Receipt } from '../session/session-message';
import { ToxAsyncError } from '../../errors';

/** The data of a message of type 0x80 (docs/PROTOCOL.md, "Types"): held 2 | n x (message id 32 | code 1). */
export interface MailReceipts {
  /** Keys of the reader that the writer still holds after sealing this. */
  readonly held: number;
  /** At most 41. */
  readonly receipts: readonly Receipt[];
}

const RECEIPT_BYTES = 33;

/** @throws ErrInvalidArgument */
export function encodeMailReceipts({ held, receipts }: MailReceipts): Uint8Array {
  if (receipts.length > MAX_RECEIPTS) {
    throw new ToxAsyncError('ErrInvalidArgument', `One message holds at most ${MAX_RECEIPTS} receipts.`);
  }
  const w = new ByteWriter('receipt message').u16(held);
  return w.each(receipts, (receipt) => writeReceipt(w, receipt)).done();
}

/** @throws ErrMalformed */
export function decodeMailReceipts(data: Uint8Array): MailReceipts {
  const r = new ByteReader(data, 'receipt message');
  const held = r.u16();
  const count = Math.floor(r.left / RECEIPT_BYTES);
  if (count > MAX_RECEIPTS) throw r.bad(`it has more than ${MAX_RECEIPTS} receipts`);
  const receipts = r.list(count, () => readReceipt(r));
  r.end();
  return { held, receipts };
}
