import { textOfBytes } from '../../bytes';
import type { MailUsage, NewMail } from '../message-engine';

interface Usage {
  messages: number;
  bytes: number;
}

/** Counts of mail that is on its way: in all, by submitter, by mailbox, and by submitter within a mailbox. */
export class MailCounts {
  readonly #total: Usage = { messages: 0, bytes: 0 };
  readonly #counts = new Map<string, Usage>();

  get total(): MailUsage {
    return { ...this.#total };
  }

  usageOf(submitter: Uint8Array): MailUsage {
    return { ...(this.#counts.get(textOfBytes(submitter)) ?? NOTHING) };
  }

  /** Messages in a mailbox, of one submitter or of all. */
  inMailbox(mailbox: Uint8Array, submitter?: Uint8Array): number {
    const name = submitter ? textOfBytes(mailbox) + textOfBytes(submitter) : textOfBytes(mailbox);
    return this.#counts.get(name)?.messages ?? 0;
  }

  /** Gives what takes it from the counts again; further calls of that do nothing. */
  add({ mailbox, submitter, envelope }: NewMail): () => void {
    const [box, by] = [textOfBytes(mailbox), textOfBytes(submitter)];
    // Names of mailboxes and submitters have different lengths: none is another's.
    const names = [box, by, box + by];
    this.#change(names, 1, envelope.length);
    let isCounted = true;
    return () => {
      if (isCounted) this.#change(names, -1, -envelope.length);
      isCounted = false;
    };
  }

  #change(names: readonly string[], messages: number, bytes: number): void {
    this.#total.messages += messages;
    this.#total.bytes += bytes;
    for (const name of names) {
      const usage = this.#counts.get(name);
      if (!usage) {
        this.#counts.set(name, { messages, bytes });
        continue;
      }
      usage.messages += messages;
      usage.bytes += bytes;
      if (usage.messages === 0) this.#counts.delete(name);
    }
  }
}

const NOTHING: MailUsage = { messages: 0, bytes: 0 };
