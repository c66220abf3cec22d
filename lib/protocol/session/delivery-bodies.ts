import { ToxAsyncError } from '../../errors';
import { CODE, type CodeWord } from '../codes';
import { MESSAGE_ID_BYTES } from '../names';
import { MAX_RECEIPTS, readReceipt, writeReceipt, type Codec } from './body-codec';
import type { Deliver, DeliverAnswer, Receipts, ReceiptsConfirmed } from './session-message';

/** 'incomplete' only as the repeated first answer of a message in pieces that did not become whole. */
const DELIVER_CODES: ReadonlySet<CodeWord> = new Set<CodeWord>([
  'ok',
  'known',
  'unknown-tag',
  'forged',
  'malformed',
  'unsupported',
  'incomplete',
  'busy',
  'bad-request',
  'not-yours',
]);

/** request 4 | envelope */
export const deliverCodec: Codec<Deliver> = {
  write: ({ request, envelope }, w) => void w.u32(request).bytes(envelope),
  read: (r) => ({ kind: 'deliver', request: r.u32(), envelope: r.rest() }),
};

/** request 4 | code 1 */
export const deliverAnswerCodec: Codec<DeliverAnswer> = {
  write({ request, code }, w) {
    if (!DELIVER_CODES.has(code)) {
      throw new ToxAsyncError(
        'ErrInvalidArgument',
        `An answer to a delivery cannot have the code '${code}'.`,
      );
    }
    w.u32(request).u8(CODE[code]);
  },
  read(r) {
    const request = r.u32();
    const code = r.code();
    if (!DELIVER_CODES.has(code)) throw r.bad(`an answer to a delivery cannot have the code '${code}'`);
    return { kind: 'deliver-answer', request, code };
  },
};

/** n 1 (at least 1) | n x (message id 32 | code 1) */
export const receiptsCodec: Codec<Receipts> = {
  write({ receipts }, w) {
    w.count(receipts, MAX_RECEIPTS, 1).each(receipts, (receipt) => writeReceipt(w, receipt));
  },
  read: (r) => ({ kind: 'receipts', receipts: r.list(r.count(MAX_RECEIPTS, 1), () => readReceipt(r)) }),
};

/** n 1 | n x message id 32 */
export const receiptsConfirmedCodec: Codec<ReceiptsConfirmed> = {
  write({ messageIds }, w) {
    w.count(messageIds, MAX_RECEIPTS).each(messageIds, (id) => w.fixed(id, MESSAGE_ID_BYTES));
  },
  read: (r) => ({
    kind: 'receipts-confirmed',
    messageIds: r.list(r.count(MAX_RECEIPTS), () => r.bytes(MESSAGE_ID_BYTES)),
  }),
};
