import { NameTable } from './name-table';
import { doubled } from './ordinal-table';

const SMALLEST = 64;

/** The mailboxes that hold mail: for each the first and the last slot of its list (mail-table.ts), and how many. */
export class MailboxTable {
  readonly #names = new NameTable();
  #first = new Uint32Array(SMALLEST);
  #last = new Uint32Array(SMALLEST);
  #count = new Uint32Array(SMALLEST);

  get size(): number {
    return this.#names.size;
  }

  /** 0 when nothing lies in it. */
  find(mailbox: Uint8Array): number {
    return this.#names.find(mailbox);
  }

  countOf(mailbox: Uint8Array): number {
    return this.#count[this.find(mailbox)] ?? 0;
  }

  firstOf(ordinal: number): number {
    return this.#first[ordinal] ?? 0;
  }

  lastOf(ordinal: number): number {
    return this.#last[ordinal] ?? 0;
  }

  setFirst(ordinal: number, slot: number): void {
    this.#first[ordinal] = slot;
  }

  setLast(ordinal: number, slot: number): void {
    this.#last[ordinal] = slot;
  }

  /** Counts one more message; gives the ordinal of the mailbox, whose name begins at `from`. */
  add(bytes: Uint8Array, from: number): number {
    const ordinal = this.#names.add(bytes, from);
    if (ordinal >= this.#count.length) {
      this.#first = doubled(this.#first);
      this.#last = doubled(this.#last);
      this.#count = doubled(this.#count);
    }
    this.#count[ordinal] = (this.#count[ordinal] ?? 0) + 1;
    return ordinal;
  }

  /** Counts one fewer, and forgets the mailbox with its last. */
  remove(ordinal: number): void {
    const count = (this.#count[ordinal] ?? 0) - 1;
    this.#count[ordinal] = count;
    if (count === 0) this.#names.remove(ordinal);
  }
}
