import { sameBytes } from '../../bytes';
import type { Store, WriteBatch } from '../../store/store';
import { blockOf, encodeTotals, entryAt, MAX_NUMBER, type MailRecord, TOTALS_KEY } from './mail-records';
import type { MailTable } from './mail-table';
import { readStoredIndex, recordOfEnvelope, type StoredIndex } from './stored-index';

export interface Found {
  readonly slot: number;
  readonly number: number;
  readonly record: MailRecord;
}

/**
 * Which mail is stored: a table in memory that answers at once, and the blocks of entries on the disk from which a
 * start rebuilds it.
 *
 * An index that is ordered by mailbox would cost each message a page or two of the disk at random places. These
 * entries lie in the order of arrival: a wave of new mail writes its envelopes and, when 52 numbers are complete,
 * their block. Edits see and change the table at once; readers see only what is durable.
 */
export class MailIndex {
  readonly #store: Store;
  readonly #storageIdOf: (envelope: Uint8Array) => Uint8Array;
  #loaded: StoredIndex | undefined;
  /** Greatest number whose wave is durable. */
  #durable = 0;

  /** @throws ErrStore */
  constructor(store: Store, storageIdOf: (envelope: Uint8Array) => Uint8Array) {
    this.#store = store;
    this.#storageIdOf = storageIdOf;
    this.#mail();
  }

  /** Counts, the changes of the wave under way among them. */
  get table(): MailTable {
    return this.#mail().table;
  }

  /** As an edit sees it; expired mail too. */
  find(mailbox: Uint8Array, storageId: Uint8Array): Found | undefined {
    let record: MailRecord | undefined;
    const slot = this.table.find(mailbox, storageId, (candidate) => {
      record = this.recordOf(this.table.numberOf(candidate));
      return record !== undefined && sameBytes(record.storageId, storageId);
    });
    return slot === 0 || !record ? undefined : { slot, number: this.table.numberOf(slot), record };
  }

  /** The same as readers see it. */
  findDurable(mailbox: Uint8Array, storageId: Uint8Array): Found | undefined {
    const found = this.find(mailbox, storageId);
    return found && found.number <= this.#durable ? found : undefined;
  }

  /** What is durable in a mailbox after `cursor`, in the order of arrival. */
  *slotsIn(mailbox: Uint8Array, cursor: number): Generator<number> {
    for (const slot of this.table.in(mailbox, cursor)) {
      if (this.table.numberOf(slot) <= this.#durable) yield slot;
    }
  }

  /** undefined when the disk spoiled all that says it. */
  recordOf(number: number): MailRecord | undefined {
    const record = this.#mail().blocks.record(number);
    return record ?? recordOfEnvelope(this.#store, number, this.#storageIdOf);
  }

  /** Gives new mail its number: greater than every number before. */
  add(record: MailRecord): number {
    const mail = this.#mail();
    const number = mail.lastNumber + 1;
    if (number > MAX_NUMBER) throw new RangeError('all numbers are used');
    mail.lastNumber = number;
    mail.table.add(number, mail.blocks.add(number, record), entryAt(number));
    return number;
  }

  /** Another time of deposit and of expiry. */
  renew({ slot, number }: Found, record: MailRecord): void {
    this.table.renew(slot, record.expires);
    this.#mail().blocks.set(number, record);
  }

  remove(slot: number): void {
    this.#mail().blocks.remove(this.table.numberOf(slot));
    this.table.remove(slot);
  }

  /** Numbers of envelopes that are damaged and that nothing else knows of, at most `max`; each is given once. */
  takeDamaged(max: number): number[] {
    return this.#mail().damaged.splice(0, max);
  }

  /** Adds to a wave what it changed of the blocks; to be called when nothing else will change. */
  save(batch: WriteBatch): void {
    const { blocks, lastNumber, table } = this.#mail();
    blocks.save(batch, blockOf(lastNumber + 1));
    batch.put(TOTALS_KEY, encodeTotals({ lastNumber, messages: table.total.messages }));
    batch.afterCommit(() => (this.#durable = lastNumber));
  }

  /** A write failed, and whether it is durable is not known: everything is read again before it is used. */
  forget(): void {
    this.#loaded = undefined;
  }

  #mail(): StoredIndex {
    if (this.#loaded) return this.#loaded;
    this.#loaded = readStoredIndex(this.#store, this.#storageIdOf);
    this.#durable = this.#loaded.lastNumber;
    return this.#loaded;
  }
}
