import { ByteMap } from '../../byte-map';
import { sameBytes } from '../../bytes';
import type { ReceiptCode } from '../../protocol/codes';
import type { Store, WriteBatch } from '../../store/store';
import { StagedTable } from '../../store/staged-table';
import { bareBytes } from '../../store/record-form';
import { afterPrefix, readSequence, SEQUENCE_BYTES, sequenceKey, Table } from '../../store/table';
import type { PublicKey } from '../../types';
import { MEMORY_AFTER_LIFE } from '../client-limits';

const NOTHING = new Uint8Array();
const SENDER_BYTES = 32;

/** A key that opened a message and is gone. */
export interface TagTombstone {
  readonly storageId: Uint8Array;
  readonly sender: PublicKey;
  readonly messageId: Uint8Array;
  /** The key's batch and index, by which mail names the message. */
  readonly preKeyId?: number;
  /** The first answer; receipts repeat it. */
  readonly code: ReceiptCode;
  /** It is never receipted: it was itself mail of receipts. */
  readonly silent?: true;
  /** It was a piece of a large message. Of a chunk no storage id is remembered: nobody else can make its tag. */
  readonly large?: 'head' | 'chunk';
}

/**
 * What became of the receipt: it is owed; mail carried it, and it is owed still; it is owed no more for want of room; the
 * friend has it or there is none.
 */
export type ReceiptState = 'owed' | 'mailed' | 'dropped' | 'settled';
const STATES: readonly ReceiptState[] = ['owed', 'mailed', 'dropped', 'settled'];

interface MessageRecord {
  readonly code: ReceiptCode;
  readonly receipt: ReceiptState;
  /** Those that opened, and the age until which each is remembered. */
  readonly envelopes: readonly { readonly tag: Uint8Array; readonly until: number }[];
}

/** A tombstone that may have to make room. */
export interface OldTombstone {
  readonly tag: Uint8Array;
  readonly messageId: Uint8Array;
  readonly until: number;
}

/**
 * What we consumed, remembered for the envelope's lifetime and 30 days: by tag, so that another copy of the
 * same envelope is known, and by (sender, message id), so that a resealed message is not handed over twice.
 */
export class Tombstones {
  readonly #ages: { now(): number };
  readonly #store: Store;
  readonly #byTag: Table<TagTombstone>;
  readonly #byMessage: StagedTable<MessageRecord>;
  /** Keys: sender, state of the receipt, age at which the tombstone may go, tag. */
  readonly #order: Table<Uint8Array>;
  readonly #counts = new ByteMap<number>();
  /** Age before which none is past its time. */
  #nextAt = 0;

  constructor(parts: { store: Store; ages: { now(): number } }) {
    this.#ages = parts.ages;
    this.#store = parts.store;
    this.#byTag = new Table(parts.store, 'tombstone-tag');
    this.#byMessage = new StagedTable(parts.store, 'tombstone-message');
    this.#order = new Table(parts.store, 'tombstone-order', bareBytes);
    for (const { rest } of this.#order.entries()) this.#count(rest.subarray(0, SENDER_BYTES), 1);
  }

  /** Tombstones of one sender. */
  countOf(sender: PublicKey): number {
    return this.#counts.get(sender) ?? 0;
  }

  findTag(tag: Uint8Array): TagTombstone | undefined {
    return this.#byTag.get(tag);
  }

  /** The code of the first answer to this message of this sender. */
  findMessage(sender: PublicKey, messageId: Uint8Array): ReceiptCode | undefined {
    return this.#byMessage.get(sender, messageId)?.code;
  }

  /** The last key that opened this message. */
  keyOf(sender: PublicKey, messageId: Uint8Array): number | undefined {
    const envelopes = this.#byMessage.get(sender, messageId)?.envelopes ?? [];
    const keys = envelopes.map(({ tag }) => this.#byTag.get(tag)?.preKeyId);
    return keys.filter((key) => key !== undefined).at(-1);
  }

  add(writes: WriteBatch, tag: Uint8Array, tombstone: TagTombstone, lifetime: number): void {
    const { sender, messageId, code, silent } = tombstone;
    const until = this.#ages.now() + lifetime + MEMORY_AFTER_LIFE;
    const receipt = silent ? 'settled' : 'owed';
    const before = this.#byMessage.getIn(writes, sender, messageId);
    if (before) this.#move(writes, sender, before, receipt);
    const envelopes = before?.envelopes ?? [];
    const record = { code, receipt, envelopes: [...envelopes, { tag, until }] } as const;
    this.#byTag.put(writes, [tag], tombstone);
    this.#byMessage.put(writes, [sender, messageId], record);
    this.#order.put(writes, orderKey(sender, receipt, until, tag), NOTHING);
    writes.afterCommit(() => this.#noteNew(sender, until));
  }

  /** The key is gone and what it opened is forgotten: it may come again under another. */
  addDead(writes: WriteBatch, sender: PublicKey, tag: Uint8Array, lifetime: number): void {
    const until = this.#ages.now() + lifetime + MEMORY_AFTER_LIFE;
    // No message has an id as short as a tag.
    this.#byTag.put(writes, [tag], { storageId: NOTHING, sender, messageId: tag, code: 'incomplete' });
    this.#order.put(writes, orderKey(sender, 'settled', until, tag), NOTHING);
    writes.afterCommit(() => this.#noteNew(sender, until));
  }

  /** What became of its receipt: it says what goes first when room is needed. */
  noteReceipt(writes: WriteBatch, sender: PublicKey, messageId: Uint8Array, receipt: ReceiptState): void {
    const record = this.#byMessage.getIn(writes, sender, messageId);
    if (record === undefined || record.receipt === receipt) return;
    this.#move(writes, sender, record, receipt);
    this.#byMessage.put(writes, [sender, messageId], { ...record, receipt });
  }

  /** Up to `most` of one sender, those first whose life ends first. */
  oldest(sender: PublicKey, receipt: ReceiptState, most: number): OldTombstone[] {
    const found: OldTombstone[] = [];
    for (const { rest } of this.#order.entries(sender, stateByte(receipt))) {
      if (found.length >= most) break;
      const tag = rest.slice(SEQUENCE_BYTES);
      const tombstone = this.#byTag.get(tag);
      if (tombstone) found.push({ tag, messageId: tombstone.messageId, until: readSequence(rest) });
    }
    return found;
  }

  /** The message was lost here before anybody heard of it: it may come again. */
  withdraw(writes: WriteBatch, sender: PublicKey, messageId: Uint8Array): void {
    this.noteReceipt(writes, sender, messageId, 'settled');
    this.#byMessage.delete(writes, [sender, messageId]);
  }

  /** Forgets an envelope, and with the last of them its message. */
  forget(writes: WriteBatch, sender: PublicKey, { tag, messageId, until }: OldTombstone): void {
    const record = this.#byMessage.getIn(writes, sender, messageId);
    const left = record?.envelopes.filter((each) => !sameBytes(each.tag, tag)) ?? [];
    this.#byTag.delete(writes, [tag]);
    for (const state of STATES) this.#order.delete(writes, orderKey(sender, state, until, tag));
    if (left.length === 0) this.#byMessage.delete(writes, [sender, messageId]);
    else if (record) this.#byMessage.put(writes, [sender, messageId], { ...record, envelopes: left });
    writes.afterCommit(() => this.#count(sender, -1));
  }

  /** @returns the age at which the next of the others goes; Infinity: there is none */
  expire(writes: WriteBatch): number {
    const now = this.#ages.now();
    if (now < this.#nextAt) return this.#nextAt;
    let next = Infinity;
    let isWhole = true;
    for (const sender of this.#senders()) {
      for (const state of STATES) {
        for (const { rest } of this.#order.entries(sender, stateByte(state))) {
          const until = readSequence(rest);
          if (until >= now) {
            next = Math.min(next, until + 1);
            break;
          }
          const tag = rest.slice(SEQUENCE_BYTES);
          const messageId = this.#byTag.get(tag)?.messageId ?? NOTHING;
          this.forget(writes, sender, { tag, messageId, until });
          isWhole = false;
        }
      }
    }
    // What is deleted is looked for once more, since the disk may refuse that.
    if (isWhole) this.#nextAt = next;
    return next;
  }

  /** The peer is no longer a friend: nothing comes from it, so memory need not know how many it has. */
  forgetCount(sender: PublicKey): void {
    this.#counts.delete(sender);
  }

  /** All that have tombstones, former friends among them. */
  *#senders(): Generator<PublicKey> {
    const lt = afterPrefix(this.#order.key());
    for (let gte = this.#order.key(); ;) {
      const [entry] = this.#store.range({ gte, lt, limit: 1 });
      if (entry === undefined) return;
      const start = this.#order.key().length;
      const sender = entry[0].slice(start, start + SENDER_BYTES);
      yield sender;
      gte = afterPrefix(this.#order.key(sender));
    }
  }

  /** Not before it is durable: a sweep until then does not see it, and would forget its time again. */
  #noteNew(sender: PublicKey, until: number): void {
    this.#nextAt = Math.min(this.#nextAt, until + 1);
    this.#count(sender, 1);
  }

  /** The tombstones of one message among those of another state. */
  #move(
    writes: WriteBatch,
    sender: PublicKey,
    { receipt, envelopes }: MessageRecord,
    to: ReceiptState,
  ): void {
    if (receipt === to) return;
    for (const { tag, until } of envelopes) {
      this.#order.delete(writes, orderKey(sender, receipt, until, tag));
      this.#order.put(writes, orderKey(sender, to, until, tag), NOTHING);
    }
  }

  #count(sender: PublicKey, by: 1 | -1): void {
    const count = this.countOf(sender) + by;
    if (count > 0) this.#counts.set(sender, count);
    else this.#counts.delete(sender);
  }
}

function stateByte(state: ReceiptState): Uint8Array {
  return Uint8Array.of(STATES.indexOf(state));
}

function orderKey(sender: PublicKey, state: ReceiptState, until: number, tag: Uint8Array): Uint8Array[] {
  return [sender, stateByte(state), sequenceKey(until), tag];
}
