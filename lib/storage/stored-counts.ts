import type { Store } from '../store/store';
import { afterPrefix } from '../store/table';
import type { Draft } from './commit-waves';
import { MailCounts, nameOf } from './mail-counts';
import type { MailIndex } from './mail-index';
import type { Found } from './mail-lookup';
import { decodeNumbers, encodeNumbers, SUBMITTER_PREFIX, submitterKey, TOTALS_KEY } from './mail-records';
import type { MailUsage } from './message-engine';

/**
 * The counts of what is stored. Totals and each submitter's usage are written with every wave, so opening reads a
 * few records however much mail there is; the counts of one mailbox are read when it is first asked about.
 */
export class StoredCounts {
  readonly #store: Store;
  readonly #index: MailIndex;
  #counts = new MailCounts();
  #loadedMailboxes = new Set<string>();
  #changedSubmitters = new Map<string, Uint8Array>();
  /** Numbers that this wave removes from mailboxes that are not counted: the store has them until it is durable. */
  readonly #leaving = new Set<number>();
  #mailboxes = 0;
  #lastNumber = 0;
  #stale = true;

  constructor(store: Store, index: MailIndex) {
    this.#store = store;
    this.#index = index;
    this.#load();
  }

  get total(): MailUsage {
    this.#load();
    return this.#counts.total;
  }

  get mailboxes(): number {
    this.#load();
    return this.#mailboxes;
  }

  usageOf(submitter: Uint8Array): MailUsage {
    this.#load();
    return this.#counts.usageOf(nameOf(submitter));
  }

  inMailbox(mailbox: Uint8Array, submitter?: Uint8Array): number {
    return this.#counts.inMailbox(this.#loadMailbox(mailbox), submitter && nameOf(submitter));
  }

  /** A number that no record ever had. */
  nextNumber(): number {
    this.#load();
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  add(mailbox: Uint8Array, submitter: Uint8Array, bytes: number): void {
    const name = this.#loadMailbox(mailbox);
    if (this.#counts.inMailbox(name) === 0) this.#mailboxes += 1;
    this.#counts.changeMailbox(name, nameOf(submitter), 1);
    this.#changeUsage(submitter, 1, bytes);
  }

  /** To be called while the index still holds it. Reads no more of a mailbox that nobody asked about than it must. */
  remove(mailbox: Uint8Array, { number, record }: Found): void {
    this.#load();
    const name = nameOf(mailbox);
    this.#changeUsage(record.submitter, -1, -record.bytes);
    let isEmpty: boolean;
    if (this.#loadedMailboxes.has(name)) {
      this.#counts.changeMailbox(name, nameOf(record.submitter), -1);
      isEmpty = this.#counts.inMailbox(name) === 0;
    } else {
      this.#leaving.add(number);
      isEmpty = !this.#index.hasOthers(mailbox, this.#leaving);
    }
    if (isEmpty) this.#mailboxes -= 1;
  }

  /** Writes what changed since the last call. */
  save(draft: Draft): void {
    const { messages, bytes } = this.#counts.total;
    draft.write(TOTALS_KEY, encodeNumbers(messages, bytes, this.#mailboxes, this.#lastNumber));
    for (const [name, submitter] of this.#changedSubmitters) {
      const usage = this.#counts.usageOf(name);
      if (usage.messages === 0) draft.delete(submitterKey(submitter));
      else draft.write(submitterKey(submitter), encodeNumbers(usage.messages, usage.bytes));
    }
    this.#changedSubmitters.clear();
    draft.afterCommit(() => this.#leaving.clear());
  }

  /** A write failed, and whether it is durable is not known: everything is read again before it is used. */
  forget(): void {
    this.#stale = true;
  }

  #changeUsage(submitter: Uint8Array, messages: number, bytes: number): void {
    const name = nameOf(submitter);
    this.#counts.changeUsage(name, messages, bytes);
    this.#changedSubmitters.set(name, submitter);
  }

  #load(): void {
    if (!this.#stale) return;
    this.#counts = new MailCounts();
    this.#loadedMailboxes = new Set();
    this.#changedSubmitters = new Map();
    this.#leaving.clear();
    if (!this.#read()) this.#recount();
    this.#stale = false;
  }

  /** False when the counts are missing or damaged. */
  #read(): boolean {
    const value = this.#store.get(TOTALS_KEY);
    const totals = value && decodeNumbers(value, 4);
    if (!totals) return false;
    const [messages = 0, bytes = 0, mailboxes = 0, lastNumber = 0] = totals;
    this.#counts.setTotal({ messages, bytes });
    this.#mailboxes = mailboxes;
    this.#lastNumber = Math.max(this.#lastNumber, lastNumber);
    const bounds = { gte: SUBMITTER_PREFIX, lt: afterPrefix(SUBMITTER_PREFIX) };
    for (const [key, value] of this.#store.range(bounds)) {
      const usage = decodeNumbers(value, 2);
      if (!usage) return false;
      const [messages = 0, bytes = 0] = usage;
      this.#counts.setUsage(nameOf(key.subarray(SUBMITTER_PREFIX.length)), { messages, bytes });
    }
    return true;
  }

  /** From the index of every mailbox: for an empty store, and when the disk spoiled a count. */
  #recount(): void {
    const counts = new MailCounts();
    const mailboxes = new Set<string>();
    for (const { mailbox, found } of this.#index.all()) {
      const { submitter, bytes } = found.record;
      mailboxes.add(mailbox);
      counts.changeUsage(nameOf(submitter), 1, bytes);
      this.#changedSubmitters.set(nameOf(submitter), submitter);
      this.#lastNumber = Math.max(this.#lastNumber, found.number);
    }
    this.#mailboxes = mailboxes.size;
    this.#counts = counts;
  }

  /** Its name, counted: before the first change of a mailbox, while the store still agrees with what is counted. */
  #loadMailbox(mailbox: Uint8Array): string {
    this.#load();
    const name = nameOf(mailbox);
    if (this.#loadedMailboxes.has(name)) return name;
    for (const { number, record } of this.#index.list(mailbox)) {
      if (!this.#leaving.has(number)) this.#counts.changeMailbox(name, nameOf(record.submitter), 1);
    }
    this.#loadedMailboxes.add(name);
    return name;
  }
}
