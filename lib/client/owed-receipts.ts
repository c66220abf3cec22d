import { toHex } from '../bytes';
import type { Store, WriteBatch } from '../store/store';
import { Table } from '../store/table';
import type { PublicKey } from '../types';
import type { ReceiptCode } from './tombstones';
import { MEMORY_AFTER_LIFE } from './limits';

interface OwedRecord {
  readonly code: ReceiptCode;
  readonly until: number;
  /** It may have left this process: the sender may count the message as delivered. */
  readonly sent: boolean;
}

export interface OwedReceipt {
  readonly messageId: Uint8Array;
  readonly code: ReceiptCode;
}

/** Receipts we owe: durable with the message they answer, until the sender confirmed them. */
export class OwedReceipts {
  readonly #ages: { now(): number };
  readonly #table: Table<OwedRecord>;

  constructor(parts: { store: Store; ages: { now(): number } }) {
    this.#ages = parts.ages;
    this.#table = new Table(parts.store, 'owed-receipt');
  }

  /** @param sent whether it goes out right after the commit */
  owe(
    writes: WriteBatch,
    sender: PublicKey,
    receipt: OwedReceipt,
    options: { lifetime: number; sent: boolean },
  ): void {
    this.#table.put(writes, [sender, receipt.messageId], {
      code: receipt.code,
      until: this.#ages.now() + options.lifetime + MEMORY_AFTER_LIFE,
      sent: options.sent,
    });
  }

  owedTo(sender: PublicKey): OwedReceipt[] {
    return [...this.#table.entries(sender)].map(({ rest, record }) => ({
      messageId: rest,
      code: record.code,
    }));
  }

  wasSent(sender: PublicKey, messageId: Uint8Array): boolean {
    return this.#table.get(sender, messageId)?.sent ?? true;
  }

  /** Before they go out at a meeting. */
  markSent(writes: WriteBatch, sender: PublicKey, receipts: readonly OwedReceipt[]): void {
    for (const { messageId } of receipts) {
      const record = this.#table.get(sender, messageId);
      if (record?.sent === false) this.#table.put(writes, [sender, messageId], { ...record, sent: true });
    }
  }

  /** The sender has them. */
  confirm(writes: WriteBatch, sender: PublicKey, messageIds: readonly Uint8Array[]): void {
    for (const messageId of messageIds) this.#table.delete(writes, [sender, messageId]);
  }

  expire(writes: WriteBatch): void {
    const now = this.#ages.now();
    for (const { rest, record } of this.#table.entries()) {
      if (record.until < now) this.#table.delete(writes, [rest]);
    }
  }

  /** Peers to whom something is owed, as hex. */
  peers(): Set<string> {
    return new Set([...this.#table.entries()].map(({ rest }) => toHex(rest.subarray(0, 32))));
  }
}
