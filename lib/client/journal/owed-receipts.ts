import { toHex } from '../../bytes';
import type { Store, WriteBatch } from '../../store/store';
import { Table } from '../../store/table';
import type { PublicKey } from '../../types';
import type { ReceiptCode } from '../../protocol/codes';
import { MEMORY_AFTER_LIFE } from '../client-limits';

interface OwedRecord {
  readonly code: ReceiptCode;
  readonly until: number;
  /** It may have left this process: the sender may count the message as delivered. */
  readonly sent: boolean;
  /** Whether mail is to carry it, or the age at which mail last did; absent: only a meeting gives it. */
  readonly mail?: 'due' | number;
}

/** Mail that turns up on a node this much later, seconds, was deposited again: its receipt was lost. */
const LOST_AFTER = 12 * 60 * 60;

export interface OwedReceipt {
  readonly messageId: Uint8Array;
  readonly code: ReceiptCode;
}

/** Receipts we owe: durable with the message they answer, until the sender confirmed them. */
export class OwedReceipts {
  readonly #ages: { now(): number };
  readonly #table: Table<OwedRecord>;
  /** Peers, in hex, to whom mail may be due. */
  readonly #due = new Set<string>();

  constructor(parts: { store: Store; ages: { now(): number } }) {
    this.#ages = parts.ages;
    this.#table = new Table(parts.store, 'owed-receipt');
    for (const { rest, record } of this.#table.entries()) {
      if (record.mail === 'due') this.#due.add(toHex(rest.subarray(0, 32)));
    }
  }

  /**
   * @param options.sent whether it goes out right after the commit
   * @param options.mail whether mail may carry it: what it answers came from a node
   */
  owe(
    writes: WriteBatch,
    sender: PublicKey,
    receipt: OwedReceipt,
    options: { lifetime: number; sent: boolean; mail: boolean },
  ): void {
    // What went out once stays so, although the message comes again.
    const sent = options.sent || this.#table.get(sender, receipt.messageId)?.sent === true;
    this.#put(writes, sender, receipt.messageId, {
      code: receipt.code,
      until: this.#ages.now() + options.lifetime + MEMORY_AFTER_LIFE,
      sent,
      ...(options.mail ? { mail: 'due' as const } : {}),
    });
  }

  /** The envelope that it answers lies on a node: no receipt reached the sender in time to keep it from that. */
  turnedUp(writes: WriteBatch, sender: PublicKey, messageId: Uint8Array): void {
    const record = this.#table.get(sender, messageId);
    if (record === undefined || record.mail === 'due') return;
    if (record.mail !== undefined && this.#ages.now() - record.mail < LOST_AFTER) return;
    this.#put(writes, sender, messageId, { ...record, mail: 'due' });
  }

  /** Peers to whom mail is due. */
  duePeers(): PublicKey[] {
    return [...this.#due].map((hex) => new Uint8Array(Buffer.from(hex, 'hex')));
  }

  /** Receipts that mail is to carry. */
  dueTo(sender: PublicKey): OwedReceipt[] {
    const due = [...this.#table.entries(sender)].filter(({ record }) => record.mail === 'due');
    if (due.length === 0) this.#due.delete(toHex(sender));
    return due.map(({ rest, record }) => ({ messageId: rest.slice(), code: record.code }));
  }

  /** With the mail that carries them. */
  markMailed(writes: WriteBatch, sender: PublicKey, receipts: readonly OwedReceipt[]): void {
    for (const { messageId } of receipts) {
      const record = this.#table.get(sender, messageId);
      if (record === undefined) continue;
      this.#put(writes, sender, messageId, { ...record, sent: true, mail: this.#ages.now() });
    }
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

  #put(writes: WriteBatch, sender: PublicKey, messageId: Uint8Array, record: OwedRecord): void {
    this.#table.put(writes, [sender, messageId], record);
    if (record.mail === 'due') writes.afterCommit(() => this.#due.add(toHex(sender)));
  }
}
