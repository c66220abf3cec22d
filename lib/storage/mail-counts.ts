import type { MailUsage } from './message-engine';

const NOTHING: MailUsage = { messages: 0, bytes: 0 };

/** Messages and bytes, in all, by submitter, and by submitter within a mailbox. Keys are `nameOf` bytes. */
export class MailCounts {
  #total: MailUsage = NOTHING;
  readonly #submitters = new Map<string, MailUsage>();
  readonly #mailboxes = new Map<string, Map<string, number>>();

  get total(): MailUsage {
    return this.#total;
  }

  usageOf(submitter: string): MailUsage {
    return this.#submitters.get(submitter) ?? NOTHING;
  }

  /** Messages in a mailbox, of one submitter or of all. */
  inMailbox(mailbox: string, submitter?: string): number {
    const counts = this.#mailboxes.get(mailbox);
    if (!counts) return 0;
    if (submitter !== undefined) return counts.get(submitter) ?? 0;
    let sum = 0;
    for (const count of counts.values()) sum += count;
    return sum;
  }

  /** Adds `messages` (negative: takes away) of `bytes` bytes together. */
  change(mailbox: string, submitter: string, messages: number, bytes: number): void {
    this.changeUsage(submitter, messages, bytes);
    this.changeMailbox(mailbox, submitter, messages);
  }

  /** The same without the mailbox. */
  changeUsage(submitter: string, messages: number, bytes: number): void {
    this.#total = sum(this.#total, messages, bytes);
    this.setUsage(submitter, sum(this.usageOf(submitter), messages, bytes));
  }

  setTotal(total: MailUsage): void {
    this.#total = total;
  }

  setUsage(submitter: string, usage: MailUsage): void {
    if (usage.messages === 0) this.#submitters.delete(submitter);
    else this.#submitters.set(submitter, usage);
  }

  changeMailbox(mailbox: string, submitter: string, messages: number): void {
    const counts = this.#mailboxes.get(mailbox) ?? new Map<string, number>();
    const count = (counts.get(submitter) ?? 0) + messages;
    if (count === 0) counts.delete(submitter);
    else counts.set(submitter, count);
    if (counts.size === 0) this.#mailboxes.delete(mailbox);
    else this.#mailboxes.set(mailbox, counts);
  }
}

/** Bytes as a Map key. */
export function nameOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

function sum(usage: MailUsage, messages: number, bytes: number): MailUsage {
  return { messages: usage.messages + messages, bytes: usage.bytes + bytes };
}
