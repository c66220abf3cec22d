import { CHUNK_ENVELOPE_BYTES } from '../../protocol/envelope/envelope';
import { ENTRY } from './mail-records';
import type { MailUsage } from '../message-engine';
import { MailboxTable } from './mailbox-table';
import { readUint32, viewOf } from './name-table';
import { doubled, OrdinalTable } from './ordinal-table';
import { SubmitterTable } from './submitter-table';

const SMALLEST = 256;
/** Of a slot without mail. */
const NEVER = 2 ** 32 - 1;

/**
 * In memory, what has to be found without a look at the disk: which mail lies in which mailbox, from whom, and when
 * it expires; about 35 bytes a message. A message has a slot (1 and up) here as long as it is stored.
 */
export class MailTable {
  readonly #mailboxes = new MailboxTable();
  readonly #submitters = new SubmitterTable();
  readonly #byId: OrdinalTable;
  /** The first 4 bytes of the storage id. */
  #ids: Uint32Array;
  #numbers: Float64Array;
  #expires: Uint32Array;
  #mailbox: Uint32Array;
  #submitter: Uint32Array;
  #bytes: Uint16Array;
  /** The slot after this one in its mailbox, or the next free one; 0: none. */
  #next: Uint32Array;
  #firstFree = 0;
  #lastSlot = 0;
  /** Those up to here are in the lists of their mailboxes. */
  #lastLinked = 0;
  /** The greatest number in them. */
  #lastNumber = 0;
  #messages = 0;
  #totalBytes = 0;
  /** Nothing expires before this. */
  #earliest = NEVER;
  /** Where the last look for what is due ended. */
  #sweptTo = 0;

  /** @param expected how many messages there will be, as far as one knows */
  constructor(expected = 0) {
    // A quarter more, which takes no memory before it is written to: else the next message would double it all.
    const slots = Math.max(SMALLEST, Math.ceil(expected * 1.25));
    this.#byId = new OrdinalTable((slot) => this.#ids[slot] ?? 0, expected);
    this.#ids = new Uint32Array(slots);
    this.#numbers = new Float64Array(slots);
    this.#expires = new Uint32Array(slots);
    this.#mailbox = new Uint32Array(slots);
    this.#submitter = new Uint32Array(slots);
    this.#bytes = new Uint16Array(slots);
    this.#next = new Uint32Array(slots);
  }

  get total(): MailUsage {
    return { messages: this.#messages, bytes: this.#totalBytes };
  }

  /** Mailboxes that hold anything. */
  get mailboxes(): number {
    return this.#mailboxes.size;
  }

  numberOf(slot: number): number {
    return this.#numbers[slot] ?? 0;
  }

  expiresOf(slot: number): number {
    return this.#expires[slot] ?? 0;
  }

  bytesOf(slot: number): number {
    return this.#bytes[slot] ?? 0;
  }

  /** Of all mail. */
  *numbers(): Generator<number> {
    for (let slot = 1; slot <= this.#lastSlot; slot++) {
      if (this.expiresOf(slot) !== NEVER) yield this.numberOf(slot);
    }
  }

  /** The slot of what has this storage id in a mailbox, or 0. `isIt` compares the whole id. */
  find(mailbox: Uint8Array, storageId: Uint8Array, isIt: (slot: number) => boolean): number {
    const named = this.#mailboxes.find(mailbox);
    if (named === 0) return 0;
    const accept = (slot: number) => this.#mailbox[slot] === named && isIt(slot);
    return this.#byId.find(readUint32(storageId, 0), accept);
  }

  /** The slots of a mailbox from the first number above `after` on, in the order of their numbers. */
  *in(mailbox: Uint8Array, after = 0): Generator<number> {
    for (let slot = this.#first(mailbox); slot !== 0; slot = this.#next[slot] ?? 0) {
      if (this.numberOf(slot) > after) yield slot;
    }
  }

  /** Messages in a mailbox, of one submitter or of all. */
  countIn(mailbox: Uint8Array, submitter?: Uint8Array): number {
    return submitter ? this.#count(mailbox, submitter, () => true) : this.#mailboxes.countOf(mailbox);
  }

  /** Of the messages of a submitter, in one mailbox or in all, those of CHUNK_ENVELOPE_BYTES. */
  chunksOf(submitter: Uint8Array, mailbox?: Uint8Array): number {
    if (!mailbox) return this.#submitters.chunksOf(submitter);
    return this.#count(mailbox, submitter, (slot) => this.bytesOf(slot) === CHUNK_ENVELOPE_BYTES);
  }

  usageOf(submitter: Uint8Array): MailUsage {
    return this.#submitters.usageOf(submitter);
  }

  /** @param at where the entry of `number` lies in its block */
  add(number: number, block: Uint8Array, at: number): void {
    const slot = this.fill(number, viewOf(block), at);
    this.#link(slot);
    this.#byId.add(slot);
    this.#lastLinked = this.#lastSlot;
  }

  /**
   * The same for one of all messages of a start, which can be found only after `link`. It does what reads the entry;
   * the rest waits for memory at random places, and short loops wait for several of them at a time.
   */
  fill(number: number, block: DataView, at: number): number {
    const slot = this.#freeSlot();
    const bytes = block.getUint16(at + ENTRY.bytes);
    const expires = block.getUint32(at + ENTRY.expires);
    this.#ids[slot] = block.getUint32(at + ENTRY.storageId);
    this.#numbers[slot] = number;
    this.#expires[slot] = expires;
    this.#bytes[slot] = bytes;
    this.#submitter[slot] = this.#submitters.add(block, at + ENTRY.submitter, bytes);
    this.#mailbox[slot] = this.#mailboxes.ordinalOf(block, at + ENTRY.mailbox);
    this.#messages += 1;
    this.#totalBytes += bytes;
    this.#earliest = Math.min(this.#earliest, expires);
    return slot;
  }

  link(): void {
    const first = this.#lastLinked + 1;
    for (let slot = first; slot <= this.#lastSlot; slot++) this.#link(slot);
    for (let slot = first; slot <= this.#lastSlot; slot++) this.#byId.add(slot);
    this.#lastLinked = this.#lastSlot;
  }

  remove(slot: number): void {
    const bytes = this.bytesOf(slot);
    this.#byId.remove(slot);
    this.#unlink(slot);
    this.#submitters.remove(this.#submitter[slot] ?? 0, bytes);
    this.#messages -= 1;
    this.#totalBytes -= bytes;
    this.#expires[slot] = NEVER;
    this.#next[slot] = this.#firstFree;
    this.#firstFree = slot;
  }

  renew(slot: number, expires: number): void {
    this.#expires[slot] = expires;
  }

  /** Slots whose time is over at `now`, at most `max`. All calls together look at each slot once in a sweep. */
  due(now: number, max: number): number[] {
    const due: number[] = [];
    if (this.#earliest > now) return due;
    let earliest = NEVER;
    for (let looked = 0; looked < this.#lastSlot; looked++) {
      if (due.length === max) return due;
      this.#sweptTo = (this.#sweptTo % this.#lastSlot) + 1;
      const expires = this.expiresOf(this.#sweptTo);
      if (expires <= now) due.push(this.#sweptTo);
      else if (expires < earliest) earliest = expires;
    }
    if (due.length === 0) this.#earliest = earliest;
    return due;
  }

  #count(mailbox: Uint8Array, submitter: Uint8Array, counts: (slot: number) => boolean): number {
    const by = this.#submitters.find(submitter);
    let count = 0;
    if (by === 0) return count;
    for (let slot = this.#first(mailbox); slot !== 0; slot = this.#next[slot] ?? 0) {
      if (this.#submitter[slot] === by && counts(slot)) count += 1;
    }
    return count;
  }

  #first(mailbox: Uint8Array): number {
    return this.#mailboxes.firstOf(this.#mailboxes.find(mailbox));
  }

  /** At its place in the mailbox: the end, but for mail that comes back after damage. */
  #link(slot: number): void {
    const mailbox = this.#mailbox[slot] ?? 0;
    const number = this.numberOf(slot);
    const before =
      number > this.#lastNumber ? this.#mailboxes.lastOf(mailbox) : this.#before(mailbox, number);
    this.#lastNumber = Math.max(this.#lastNumber, number);
    const after = before === 0 ? this.#mailboxes.firstOf(mailbox) : (this.#next[before] ?? 0);
    this.#next[slot] = after;
    if (before === 0) this.#mailboxes.setFirst(mailbox, slot);
    else this.#next[before] = slot;
    if (after === 0) this.#mailboxes.setLast(mailbox, slot);
    this.#mailboxes.add(mailbox);
  }

  /** The last slot of a mailbox with a smaller number, or 0. */
  #before(mailbox: number, number: number): number {
    let before = 0;
    for (let at = this.#mailboxes.firstOf(mailbox); at !== 0; at = this.#next[at] ?? 0) {
      if (this.numberOf(at) > number) break;
      before = at;
    }
    return before;
  }

  #unlink(slot: number): void {
    const mailbox = this.#mailbox[slot] ?? 0;
    let before = 0;
    for (let at = this.#mailboxes.firstOf(mailbox); at !== slot; at = this.#next[at] ?? 0) before = at;
    const after = this.#next[slot] ?? 0;
    if (before === 0) this.#mailboxes.setFirst(mailbox, after);
    else this.#next[before] = after;
    if (after === 0) this.#mailboxes.setLast(mailbox, before);
    this.#mailboxes.remove(mailbox);
  }

  #freeSlot(): number {
    const free = this.#firstFree;
    if (free !== 0) {
      this.#firstFree = this.#next[free] ?? 0;
      return free;
    }
    this.#lastSlot += 1;
    if (this.#lastSlot >= this.#numbers.length) this.#grow();
    return this.#lastSlot;
  }

  /** Memory that is not written to is not taken. */
  #grow(): void {
    this.#ids = doubled(this.#ids);
    this.#numbers = doubled(this.#numbers);
    this.#expires = doubled(this.#expires);
    this.#mailbox = doubled(this.#mailbox);
    this.#submitter = doubled(this.#submitter);
    this.#bytes = doubled(this.#bytes);
    this.#next = doubled(this.#next);
  }
}
