import type { Store } from '../store/store';
import { afterPrefix } from '../store/table';
import type { Draft } from './commit-waves';
import { MailCounts, nameOf } from './mail-counts';
import type { MailIndex } from './mail-index';
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
    this.#loadMailbox(mailbox);
    return this.#counts.inMailbox(nameOf(mailbox), submitter && nameOf(submitter));
  }

  /** A number that no record ever had. */
  nextNumber(): number {
    this.#load();
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  add(mailbox: Uint8Array, submitter: Uint8Array, bytes: number): void {
    if (this.inMailbox(mailbox) === 0) this.#mailboxes += 1;
    this.#change(mailbox, submitter, 1, bytes);
  }

  remove(mailbox: Uint8Array, submitter: Uint8Array, bytes: number): void {
    this.#loadMailbox(mailbox);
    this.#change(mailbox, submitter, -1, -bytes);
    if (this.inMailbox(mailbox) === 0) this.#mailboxes -= 1;
  }

  /** Writes what changed since the last call. */
  save(draft: Draft): void {
    const { messages, bytes } = this.#counts.total;
    draft.put(TOTALS_KEY, encodeNumbers(messages, bytes, this.#mailboxes, this.#lastNumber));
    for (const [name, submitter] of this.#changedSubmitters) {
      const usage = this.#counts.usageOf(name);
      if (usage.messages === 0) draft.delete(submitterKey(submitter));
      else draft.put(submitterKey(submitter), encodeNumbers(usage.messages, usage.bytes));
    }
    this.#changedSubmitters.clear();
  }

  /** A write failed, and whether it is durable is not known: everything is read again before it is used. */
  forget(): void {
    this.#stale = true;
  }

  #change(mailbox: Uint8Array, submitter: Uint8Array, messages: number, bytes: number): void {
    this.#counts.change(nameOf(mailbox), nameOf(submitter), messages, bytes);
    this.#changedSubmitters.set(nameOf(submitter), submitter);
  }

  #load(): void {
    if (!this.#stale) return;
    this.#counts = new MailCounts();
    this.#loadedMailboxes = new Set();
    this.#changedSubmitters = new Map();
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
      counts.change(mailbox, nameOf(submitter), 1, bytes);
      this.#changedSubmitters.set(nameOf(submitter), submitter);
      this.#lastNumber = Math.max(this.#lastNumber, found.number);
    }
    this.#mailboxes = mailboxes.size;
    this.#counts = counts;
  }

  /** Before the first change of a mailbox, so the store still agrees with what is counted. */
  #loadMailbox(mailbox: Uint8Array): void {
    this.#load();
    const name = nameOf(mailbox);
    if (this.#loadedMailboxes.has(name)) return;
    for (const { record } of this.#index.list(mailbox)) {
      this.#counts.changeMailbox(name, nameOf(record.submitter), 1);
    }
    this.#loadedMailboxes.add(name);
  }
}
