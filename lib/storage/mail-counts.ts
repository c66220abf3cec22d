import type { MailUsage } from './message-engine';

const NOTHING: MailUsage = { messages: 0, bytes: 0 };

/** Messages and bytes, in all, by submitter, and by submitter within a mailbox. */
export class MailCounts {
  #total: MailUsage = NOTHING;
  readonly #submitters = new Map<string, MailUsage>();
  readonly #mailboxes = new Map<string, Map<string, number>>();

  get total(): MailUsage {
    return this.#total;
  }

  usageOf(submitter: Uint8Array): MailUsage {
    return this.#submitters.get(nameOf(submitter)) ?? NOTHING;
  }

  /** Messages in a mailbox, of one submitter or of all. */
  inMailbox(mailbox: Uint8Array, submitter?: Uint8Array): number {
    const counts = this.#mailboxes.get(nameOf(mailbox));
    if (!counts) return 0;
    if (submitter) return counts.get(nameOf(submitter)) ?? 0;
    let sum = 0;
    for (const count of counts.values()) sum += count;
    return sum;
  }

  /** Adds `messages` (negative: takes away) of `bytes` bytes together. */
  change(mailbox: Uint8Array, submitter: Uint8Array, messages: number, bytes: number): void {
    const name = nameOf(submitter);
    const usage = sum(this.#submitters.get(name) ?? NOTHING, messages, bytes);
    if (usage.messages === 0) this.#submitters.delete(name);
    else this.#submitters.set(name, usage);
    this.#changeMailbox(nameOf(mailbox), name, messages);
    this.#total = sum(this.#total, messages, bytes);
  }

  #changeMailbox(mailbox: string, submitter: string, messages: number): void {
    const counts = this.#mailboxes.get(mailbox) ?? new Map<string, number>();
    const count = (counts.get(submitter) ?? 0) + messages;
    if (count === 0) counts.delete(submitter);
    else counts.set(submitter, count);
    if (counts.size === 0) this.#mailboxes.delete(mailbox);
    else this.#mailboxes.set(mailbox, counts);
  }
}

/** Bytes as a Map key. */
function nameOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

function sum(usage: MailUsage, messages: number, bytes: number): MailUsage {
  return { messages: usage.messages + messages, bytes: usage.bytes + bytes };
}
