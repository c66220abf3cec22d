import { ToxAsyncError } from '../../errors';
import type { ByteReader } from '../byte-reader';
import type { ByteWriter } from '../byte-writer';
import { CODE, isReceiptCode } from '../codes';
import { MESSAGE_ID_BYTES, STORAGE_ID_BYTES } from '../names';
import type { Receipt } from './session-message';

/** How the body of one kind of session message is written and read. */
export interface Codec<M> {
  /** @throws ErrInvalidArgument from the writer */
  write(message: M, w: ByteWriter): void;
  /** @throws ErrMalformed from the reader */
  read(r: ByteReader): M;
}

/** Receipts in one message, also in one by mail. */
export const MAX_RECEIPTS = 41;

/** message id 32 | code 1 */
export function writeReceipt(w: ByteWriter, { messageId, code }: Receipt): void {
  if (!isReceiptCode(code))
    throw new ToxAsyncError('ErrInvalidArgument', `A receipt cannot have the code '${String(code)}'.`);
  w.fixed(messageId, MESSAGE_ID_BYTES).u8(CODE[code]);
}

export function readReceipt(r: ByteReader): Receipt {
  const messageId = r.bytes(MESSAGE_ID_BYTES);
  const code = r.code();
  if (!isReceiptCode(code)) throw r.bad(`a receipt cannot have the code '${code}'`);
  return { messageId, code };
}

/** n 1 (least..max) | n x storage id */
export function writeStorageIds(w: ByteWriter, ids: readonly Uint8Array[], max: number, least = 0): void {
  w.count(ids, max, least).each(ids, (id) => w.fixed(id, STORAGE_ID_BYTES));
}

export function readStorageIds(r: ByteReader, max: number, least = 0): Uint8Array[] {
  return r.list(r.count(max, least), () => r.bytes(STORAGE_ID_BYTES));
}

export function readFlag(r: ByteReader): boolean {
  const flag = r.u8();
  if (flag > 1) throw r.bad(`a flag is ${flag}, neither 0 nor 1`);
  return flag === 1;
}
