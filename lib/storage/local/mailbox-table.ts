import { NameTable, viewOf } from './name-table';

const FIRST = 0;
const LAST = 1;
const COUNT = 2;

/** The mailboxes that hold mail: for each the first and the last slot of its list (mail-table.ts), and how many. */
export class MailboxTable {
  readonly #names = new NameTable(3);

  get size(): number {
    return this.#names.size;
  }

  /** 0 when nothing lies in it. */
  find(mailbox: Uint8Array): number {
    return this.#names.find(viewOf(mailbox), 0);
  }

  countOf(mailbox: Uint8Array): number {
    return this.#names.field(this.find(mailbox), COUNT);
  }

  firstOf(ordinal: number): number {
    return this.#names.field(ordinal, FIRST);
  }

  lastOf(ordinal: number): number {
    return this.#names.field(ordinal, LAST);
  }

  setFirst(ordinal: number, slot: number): void {
    this.#names.setField(ordinal, FIRST, slot);
  }

  setLast(ordinal: number, slot: number): void {
    this.#names.setField(ordinal, LAST, slot);
  }

  /** The ordinal of the mailbox whose name begins at `from`. */
  ordinalOf(view: DataView, from: number): number {
    return this.#names.add(view, from);
  }

  /** Counts one more message. */
  add(ordinal: number): void {
    this.#names.setField(ordinal, COUNT, this.#names.field(ordinal, COUNT) + 1);
  }

  /** Counts one fewer, and forgets the mailbox with its last. */
  remove(ordinal: number): void {
    const count = this.#names.field(ordinal, COUNT) - 1;
    this.#names.setField(ordinal, COUNT, count);
    if (count === 0) this.#names.remove(ordinal);
  }
}
