import { copyOf } from '../../bytes';
import { ByteSet } from '../../byte-map';
import { PeerMap } from '../../peer-map';
import type { ReceiptCode } from '../../protocol/codes';
import type { DueReceipt } from '../../protocol/keys/receipt-packing';
import { StagedTable } from '../../store/staged-table';
import type { Store, WriteBatch } from '../../store/store';
import { bareBytes } from '../../store/record-form';
import { Table } from '../../store/table';
import type { PublicKey } from '../../types';
import { MEMORY_AFTER_LIFE } from '../client-limits';
import type { Tombstones } from './tombstones';

interface OwedRecord {
  readonly code: ReceiptCode;
  readonly until: number;
  /** It may have left this process: the sender may count the message as delivered. */
  readonly sent: boolean;
  /**
   * Whether mail is to carry it, for the first time or again, or the age at which mail last did; absent: only a meeting
   * gives it.
   */
  readonly mail?: Kind | number;
  /** Times that mail carried it again. */
  readonly repeats?: number;
}

/** Mail that turns up on a node this much later, seconds, was deposited again: its receipt was lost. */
const LOST_AFTER = 12 * 60 * 60;

/** Times that mail carries a receipt again: each may use a key up, and nodes say when. */
const MOST_REPEATS = 3;

const SENDER_BYTES = 32;
const NOTHING = new Uint8Array();
/** Due receipts of each kind that are looked at for one mail, which holds some 300: a friend may be owed 65,536. */
const MOST_LOOKED_AT = 1024;

/** What mail is to carry, and the byte that stands for it in the key of its row. */
const KINDS = { due: 0, again: 1 } as const;
type Kind = keyof typeof KINDS;

export interface OwedReceipt {
  readonly messageId: Uint8Array;
  readonly code: ReceiptCode;
}

/** How many receipts are owed to one sender: all, and those that mail is to carry for the first time or again. */
interface Counts {
  owed: number;
  due: number;
  again: number;
}

const NONE: Readonly<Counts> = { owed: 0, due: 0, again: 0 };

export interface OwedReceiptsParts {
  readonly store: Store;
  readonly ages: { now(): number };
  readonly tombstones: Pick<Tombstones, 'keyOf' | 'noteReceipt'>;
}

/** Receipts we owe: durable with the message they answer, until the sender confirmed them. */
export class OwedReceipts {
  readonly #ages: OwedReceiptsParts['ages'];
  readonly #table: StagedTable<OwedRecord>;
  /** Those that mail is to carry: sender, kind, message id. Of all that are owed they are few. */
  readonly #due: Table<Uint8Array>;
  readonly #tombstones: OwedReceiptsParts['tombstones'];
  readonly #counts = new PeerMap<Counts>();
  #onDue: ((sender: PublicKey) => void) | undefined;

  constructor(parts: OwedReceiptsParts) {
    this.#ages = parts.ages;
    this.#tombstones = parts.tombstones;
    this.#table = new StagedTable(parts.store, 'owed-receipt');
    this.#due = new Table(parts.store, 'owed-due', bareBytes);
    for (const { rest, record } of this.#table.entries()) {
      this.#count(rest.subarray(0, SENDER_BYTES), undefined, record);
    }
  }

  /** From now on `onDue` follows when mail is to carry one more receipt. */
  listen(onDue: (sender: PublicKey) => void): void {
    this.#onDue = onDue;
  }

  /** Receipts owed to one sender. */
  countOf(sender: PublicKey): number {
    return this.#countsOf(sender).owed;
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
    const before = this.#table.getIn(writes, sender, receipt.messageId);
    const record: OwedRecord = {
      code: receipt.code,
      until: this.#ages.now() + options.lifetime + MEMORY_AFTER_LIFE,
      sent: options.sent || before?.sent === true,
      ...(options.mail ? { mail: 'due' as const } : {}),
    };
    this.#put(writes, sender, receipt.messageId, record, before);
  }

  /** The envelope that it answers lies on a node: no receipt reached the sender in time to keep it from that. */
  turnedUp(writes: WriteBatch, sender: PublicKey, messageId: Uint8Array): void {
    const record = this.#table.getIn(writes, sender, messageId);
    if (record === undefined || record.mail === 'due' || record.mail === 'again') return;
    if (record.mail === undefined) {
      this.#put(writes, sender, messageId, { ...record, mail: 'due' }, record);
    } else if (this.#ages.now() - record.mail >= LOST_AFTER && (record.repeats ?? 0) < MOST_REPEATS) {
      this.#put(writes, sender, messageId, { ...record, mail: 'again' }, record);
    }
  }

  /** Peers to whom mail is due. */
  duePeers(): PublicKey[] {
    return [...this.#counts].filter(([, { due, again }]) => due + again > 0).map(([peer]) => peer);
  }

  /** How many receipts mail is to carry to this peer for the first time, not again. */
  dueCount(sender: PublicKey): number {
    return this.#countsOf(sender).due;
  }

  /** How many mail is to carry to this peer again. */
  againCount(sender: PublicKey): number {
    return this.#countsOf(sender).again;
  }

  /** Receipts that mail is to carry, those that it never carried and the others; of each at most 1,024. */
  dueTo(sender: PublicKey): { first: DueReceipt[]; again: DueReceipt[] } {
    return { first: this.#dueOf(sender, 'due'), again: this.#dueOf(sender, 'again') };
  }

  /** With the mail that carries them. */
  markMailed(writes: WriteBatch, sender: PublicKey, receipts: readonly OwedReceipt[]): void {
    for (const { messageId } of receipts) {
      const record = this.#table.getIn(writes, sender, messageId);
      if (record === undefined) continue;
      const repeats = (record.repeats ?? 0) + (record.mail === 'again' ? 1 : 0);
      const mailed = { ...record, sent: true, mail: this.#ages.now(), repeats };
      this.#put(writes, sender, messageId, mailed, record);
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
      const record = this.#table.getIn(writes, sender, messageId);
      if (record?.sent === false) this.#put(writes, sender, messageId, { ...record, sent: true }, record);
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
    const before = this.#table.getIn(writes, sender, messageId);
    if (before === undefined) return;
    this.#table.delete(writes, [sender, messageId]);
    this.#index(writes, sender, messageId, before, undefined);
  }

  /** The sender is no longer a friend: nothing is owed to it. */
  forget(writes: WriteBatch, sender: PublicKey): void {
    for (const table of [this.#table, this.#due]) {
      for (const { rest } of table.entries(sender)) table.delete(writes, [sender, rest]);
    }
    writes.afterCommit(() => this.#counts.delete(sender));
  }

  /** @returns the age at which the next of the others goes; Infinity: there is none */
  expire(writes: WriteBatch): number {
    const now = this.#ages.now();
    let next = Infinity;
    for (const { rest, record } of this.#table.entries()) {
      if (record.until < now) this.drop(writes, rest.slice(0, SENDER_BYTES), rest.slice(SENDER_BYTES));
      else next = Math.min(next, record.until + 1);
    }
    return next;
  }

  #put(
    writes: WriteBatch,
    sender: PublicKey,
    messageId: Uint8Array,
    record: OwedRecord,
    before: OwedRecord | undefined,
  ): void {
    this.#table.put(writes, [sender, messageId], record);
    this.#index(writes, sender, messageId, before, record);
  }

  #index(
    writes: WriteBatch,
    sender: PublicKey,
    messageId: Uint8Array,
    before: OwedRecord | undefined,
    after: OwedRecord | undefined,
  ): void {
    const [was, is] = [kindOf(before), kindOf(after)];
    if (was !== undefined && was !== is) this.#due.delete(writes, dueKey(sender, was, messageId));
    if (is !== undefined && is !== was) this.#due.put(writes, dueKey(sender, is, messageId), NOTHING);
    writes.afterCommit(() => {
      this.#count(sender, before, after);
      if (is !== undefined && is !== was) this.#onDue?.(sender);
    });
  }

  #dueOf(sender: PublicKey, kind: Kind): DueReceipt[] {
    const due: DueReceipt[] = [];
    for (const { rest } of this.#due.entries(sender, Uint8Array.of(KINDS[kind]))) {
      if (due.length >= MOST_LOOKED_AT) return due;
      const messageId = copyOf(rest);
      const record = this.#table.get(sender, messageId);
      if (record?.mail !== kind) continue;
      due.push({ messageId, code: record.code, preKeyId: this.#tombstones.keyOf(sender, messageId) });
    }
    // A list of a node and the sender's queue may have changed one receipt at the same moment.
    const counts = this.#counts.get(sender);
    if (counts) counts[kind] = due.length;
    return due;
  }

  #countsOf(sender: PublicKey): Readonly<Counts> {
    return this.#counts.get(sender) ?? NONE;
  }

  /** One receipt was `before` and is `after`. */
  #count(sender: PublicKey, before: OwedRecord | undefined, after: OwedRecord | undefined): void {
    const counts = this.#counts.getOrInsert(sender, () => ({ ...NONE }));
    for (const [record, by] of [
      [before, -1],
      [after, 1],
    ] as const) {
      if (record === undefined) continue;
      counts.owed += by;
      const kind = kindOf(record);
      if (kind !== undefined) counts[kind] += by;
    }
    if (counts.owed <= 0) this.#counts.delete(sender);
  }
}

function kindOf(record: OwedRecord | undefined): Kind | undefined {
  return typeof record?.mail === 'string' ? record.mail : undefined;
}

function dueKey(sender: PublicKey, kind: Kind, messageId: Uint8Array): Uint8Array[] {
  return [sender, Uint8Array.of(KINDS[kind]), messageId];
}
