import { MAX_MESSAGE_SIZE } from '../../constants';
import { MAX_RECEIPTS } from '../session/body-codec';
import type { Receipt } from '../session/session-message';
import {
  BATCH_HEAD_BYTES,
  FIXED_BYTES,
  ID_START_BYTES,
  LISTED_BYTES,
  MAX_RECEIPT_BATCHES,
  type MailReceipts,
} from './mail-receipts';

/** A receipt that mail is to carry, and the key of ours that opened its message, if we remember it. */
export interface DueReceipt extends Receipt {
  readonly preKeyId: number | undefined;
}

/** Of these receipts as many as one mail has room for; those of an earlier list go before those of a later one. */
export class ReceiptPacking {
  readonly #packed: DueReceipt[] = [];
  readonly #batches = new Set<number>();
  readonly #keys = new Set<number>();
  #listed = 0;
  #room = MAX_MESSAGE_SIZE - FIXED_BYTES;

  constructor(...lists: readonly (readonly DueReceipt[])[]) {
    for (const list of lists) this.#add(list);
  }

  get packed(): readonly DueReceipt[] {
    return this.#packed;
  }

  /** @param held keys of the reader that are left once the mail is sealed */
  content(held: number): MailReceipts {
    const arrived = this.#packed.flatMap(({ preKeyId, messageId, code }) => {
      return preKeyId === undefined || code !== 'ok'
        ? []
        : [{ preKeyId, idStart: messageId.slice(0, ID_START_BYTES) }];
    });
    const receipts = this.#packed.filter(isListed).map(({ messageId, code }) => ({ messageId, code }));
    return { held, arrived, receipts };
  }

  /** Failures first, which are few; then by key, and where most share a batch, since these take the least room. */
  #add(list: readonly DueReceipt[]): void {
    for (const receipt of list) if (isListed(receipt)) this.#list(receipt);
    const batches = new Map<number, DueReceipt[]>();
    for (const receipt of list) {
      if (isListed(receipt)) continue;
      const batch = batchOf(receipt);
      batches.set(batch, [...(batches.get(batch) ?? []), receipt]);
    }
    const largestFirst = [...batches].sort(([, a], [, b]) => b.length - a.length);
    for (const [batch, receipts] of largestFirst) this.#addBatch(batch, receipts);
  }

  #list(receipt: DueReceipt): void {
    if (this.#listed >= MAX_RECEIPTS || this.#room < LISTED_BYTES) return;
    this.#listed += 1;
    this.#room -= LISTED_BYTES;
    this.#packed.push(receipt);
  }

  #addBatch(batch: number, receipts: readonly DueReceipt[]): void {
    if (!this.#batches.has(batch)) {
      if (this.#batches.size >= MAX_RECEIPT_BATCHES || this.#room < BATCH_HEAD_BYTES + ID_START_BYTES) return;
      this.#batches.add(batch);
      this.#room -= BATCH_HEAD_BYTES;
    }
    for (const receipt of receipts) {
      if (this.#room < ID_START_BYTES) return;
      // Batch numbers are drawn anew: two messages may have opened with keys of one name, months apart.
      if (receipt.preKeyId === undefined || this.#keys.has(receipt.preKeyId)) continue;
      this.#keys.add(receipt.preKeyId);
      this.#room -= ID_START_BYTES;
      this.#packed.push(receipt);
    }
  }
}

function isListed({ code, preKeyId }: DueReceipt): boolean {
  return code !== 'ok' || preKeyId === undefined;
}

function batchOf({ preKeyId = 0 }: DueReceipt): number {
  return preKeyId >>> 8;
}
