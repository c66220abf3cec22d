import type { Store } from '../store/store';
import { afterPrefix } from '../store/table';
import type { Draft } from './commit-waves';
import { MailCounts, nameOf } from './mail-counts';
import {
  decodeIndex,
  encodeNumbers,
  mailboxPrefix,
  numberAt,
  SUBMITTER_PREFIX,
  submitterKey,
  TOTALS_KEY,
} from './mail-records';
import type { MailUsage } from './message-engine';

/**
 * The counts of what is stored. Totals and each submitter's usage are written with every wave, so opening reads a
 * few records however much mail there is; the counts of one mailbox are read when it is first asked about.
 */
export class StoredCounts {
  readonly #store: Store;
  #counts = new MailCounts();
  #loadedMailboxes = new Set<string>();
  #changedSubmitters = new Map<string, Uint8Array>();
  #mailboxes = 0;
  #lastNumber = 0;
  #stale = true;

  constructor(store: Store) {
    this.#store = store;
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
    const totals = this.#store.get(TOTALS_KEY);
    const counts = new MailCounts();
    counts.setTotal({ messages: numberAt(totals, 0), bytes: numberAt(totals, 1) });
    const bounds = { gte: SUBMITTER_PREFIX, lt: afterPrefix(SUBMITTER_PREFIX) };
    for (const [key, value] of this.#store.range(bounds)) {
      const usage = { messages: numberAt(value, 0), bytes: numberAt(value, 1) };
      counts.setUsage(nameOf(key.subarray(SUBMITTER_PREFIX.length)), usage);
    }
    this.#counts = counts;
    this.#loadedMailboxes = new Set();
    this.#changedSubmitters = new Map();
    this.#mailboxes = numberAt(totals, 2);
    this.#lastNumber = Math.max(this.#lastNumber, numberAt(totals, 3));
    this.#stale = false;
  }

  /** Before the first change of a mailbox, so the store still agrees with what is counted. */
  #loadMailbox(mailbox: Uint8Array): void {
    this.#load();
    const name = nameOf(mailbox);
    if (this.#loadedMailboxes.has(name)) return;
    const prefix = mailboxPrefix(mailbox);
    for (const [, value] of this.#store.range({ gte: prefix, lt: afterPrefix(prefix) })) {
      this.#counts.changeMailbox(name, nameOf(decodeIndex(value).submitter), 1);
    }
    this.#loadedMailboxes.add(name);
  }
}
