import { ByteMap, ByteSet } from '../../byte-map';
import { PeerSet } from '../../peer-map';
import type { Store, WriteBatch } from '../../store/store';
import { Table } from '../../store/table';
import type { PublicKey } from '../../types';
import type { ReceiptCode } from '../../protocol/codes';
import type { Tombstones } from './tombstones';
import { MEMORY_AFTER_LIFE } from '../client-limits';

interface OwedRecord {
  readonly code: ReceiptCode;
  readonly until: number;
  /** It may have left this process: the sender may count the message as delivered. */
  readonly sent: boolean;
  /**
   * Whether mail is to carry it, for the first time or again, or the age at which mail last did; absent: only a meeting
   * gives it.
   */
  readonly mail?: 'due' | 'again' | number;
  /** Times that mail carried it again. */
  readonly repeats?: number;
}

/** Mail that turns up on a node this much later, seconds, was deposited again: its receipt was lost. */
const LOST_AFTER = 12 * 60 * 60;

/** Times that mail carries a receipt again: each may use a key up, and nodes say when. */
const MOST_REPEATS = 3;

export interface OwedReceipt {
  readonly messageId: Uint8Array;
  readonly code: ReceiptCode;
}

/** Receipts we owe: durable with the message they answer, until the sender confirmed them. */
export class OwedReceipts {
  readonly #ages: { now(): number };
  readonly #table: Table<OwedRecord>;
  readonly #tombstones: Pick<Tombstones, 'noteReceipt'>;
  readonly #counts = new ByteMap<number>();
  /** Peers to whom mail may be due: for the first time, and again. */
  readonly #due = new PeerSet();
  readonly #again = new PeerSet();

  constructor(parts: { store: Store; ages: { now(): number }; tombstones: Pick<Tombstones, 'noteReceipt'> }) {
    this.#ages = parts.ages;
    this.#tombstones = parts.tombstones;
    this.#table = new Table(parts.store, 'owed-receipt');
    for (const { rest, record } of this.#table.entries()) {
      const sender = rest.subarray(0, 32);
      this.#count(sender, 1);
      this.#noteDue(sender, record);
    }
  }

  /** Receipts owed to one sender. */
  countOf(sender: PublicKey): number {
    return this.#counts.get(sender) ?? 0;
  }

  has(sender: PublicKey, messageId: Uint8Array): boolean {
    return this.#table.get(sender, messageId) !== undefined;
  }

  /**
   * With the tombstone of its message.
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
    const before = this.#table.get(sender, receipt.messageId);
    const sent = options.sent || before?.sent === true;
    this.#put(writes, sender, receipt.messageId, {
      code: receipt.code,
      until: this.#ages.now() + options.lifetime + MEMORY_AFTER_LIFE,
      sent,
      ...(options.mail ? { mail: 'due' as const } : {}),
    });
    if (before === undefined) writes.afterCommit(() => this.#count(sender, 1));
  }

  /** The envelope that it answers lies on a node: no receipt reached the sender in time to keep it from that. */
  turnedUp(writes: WriteBatch, sender: PublicKey, messageId: Uint8Array): void {
    const record = this.#table.get(sender, messageId);
    if (record === undefined || record.mail === 'due' || record.mail === 'again') return;
    if (record.mail === undefined) {
      this.#put(writes, sender, messageId, { ...record, mail: 'due' });
    } else if (this.#ages.now() - record.mail >= LOST_AFTER && (record.repeats ?? 0) < MOST_REPEATS) {
      this.#put(writes, sender, messageId, { ...record, mail: 'again' });
    }
  }

  /** Peers to whom mail may be due. */
  duePeers(): PublicKey[] {
    return [...new PeerSet([...this.#due, ...this.#again])];
  }

  /** Whether mail may be due to this peer for the first time, not only again. */
  isDue(sender: PublicKey): boolean {
    return this.#due.has(sender);
  }

  /** Receipts that mail is to carry, those first that it never carried. */
  dueTo(sender: PublicKey): { first: OwedReceipt[]; again: OwedReceipt[] } {
    const first: OwedReceipt[] = [];
    const again: OwedReceipt[] = [];
    for (const { rest, record } of this.#table.entries(sender)) {
      const receipt = { messageId: rest.slice(), code: record.code };
      if (record.mail === 'due') first.push(receipt);
      if (record.mail === 'again') again.push(receipt);
    }
    if (first.length === 0) this.#due.delete(sender);
    if (again.length === 0) this.#again.delete(sender);
    return { first, again };
  }

  /** With the mail that carries them. */
  markMailed(writes: WriteBatch, sender: PublicKey, receipts: readonly OwedReceipt[]): void {
    for (const { messageId } of receipts) {
      const record = this.#table.get(sender, messageId);
      if (record === undefined) continue;
      const repeats = (record.repeats ?? 0) + (record.mail === 'again' ? 1 : 0);
      this.#put(writes, sender, messageId, { ...record, sent: true, mail: this.#ages.now(), repeats });
      this.#tombstones.noteReceipt(writes, sender, messageId, 'mailed');
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
    for (const messageId of new ByteSet(messageIds).values()) {
      if (!this.has(sender, messageId)) continue;
      this.drop(writes, sender, messageId);
      this.#tombstones.noteReceipt(writes, sender, messageId, 'settled');
    }
  }

  /** It is owed no more, although the sender may not have it. */
  drop(writes: WriteBatch, sender: PublicKey, messageId: Uint8Array): void {
    this.#table.delete(writes, [sender, messageId]);
    writes.afterCommit(() => this.#count(sender, -1));
  }

  /** The sender is no longer a friend: nothing is owed to it. */
  forget(writes: WriteBatch, sender: PublicKey): void {
    for (const { rest } of this.#table.entries(sender)) this.#table.delete(writes, [sender, rest]);
    writes.afterCommit(() => {
      for (const part of [this.#counts, this.#due, this.#again]) part.delete(sender);
    });
  }

  expire(writes: WriteBatch): void {
    const now = this.#ages.now();
    for (const { rest, record } of this.#table.entries()) {
      if (record.until < now) this.drop(writes, rest.slice(0, 32), rest.slice(32));
    }
  }

  #count(sender: PublicKey, by: 1 | -1): void {
    const count = this.countOf(sender) + by;
    if (count > 0) this.#counts.set(sender, count);
    else this.#counts.delete(sender);
  }

  #put(writes: WriteBatch, sender: PublicKey, messageId: Uint8Array, record: OwedRecord): void {
    this.#table.put(writes, [sender, messageId], record);
    writes.afterCommit(() => this.#noteDue(sender, record));
  }

  #noteDue(sender: PublicKey, { mail }: OwedRecord): void {
    if (mail === 'due') this.#due.add(sender);
    if (mail === 'again') this.#again.add(sender);
  }
}
