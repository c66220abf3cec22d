import { textOfBytes } from '../../bytes';
import { CHUNK_ENVELOPE_BYTES } from '../../protocol/envelope/envelope';
import type { MailUsage, NewMail } from '../message-engine';

interface Usage {
  messages: number;
  bytes: number;
  /** Of these messages, those of CHUNK_ENVELOPE_BYTES. */
  chunks: number;
}

/** Counts of mail that is on its way: in all, by submitter, by mailbox, and by submitter within a mailbox. */
export class MailCounts {
  readonly #total: Usage = { messages: 0, bytes: 0, chunks: 0 };
  readonly #counts = new Map<string, Usage>();

  get total(): MailUsage {
    return usageIn(this.#total);
  }

  usageOf(submitter: Uint8Array): MailUsage {
    return usageIn(this.#counts.get(textOfBytes(submitter)));
  }

  /** Of what a submitter has in a mailbox, or in all, the full chunks. */
  chunksOf(submitter: Uint8Array, mailbox?: Uint8Array): number {
    return this.#counts.get(nameOf(submitter, mailbox))?.chunks ?? 0;
  }

  /** Messages in a mailbox, of one submitter or of all. */
  inMailbox(mailbox: Uint8Array, submitter?: Uint8Array): number {
    const name = submitter ? nameOf(submitter, mailbox) : textOfBytes(mailbox);
    return this.#counts.get(name)?.messages ?? 0;
  }

  /** Gives what takes it from the counts again; further calls of that do nothing. */
  add({ mailbox, submitter, envelope }: NewMail): () => void {
    // Names of mailboxes and submitters have different lengths: none is another's.
    const [to, from] = [textOfBytes(mailbox), textOfBytes(submitter)];
    const names = [to, from, to + from];
    this.#change(names, envelope.length, 1);
    let isCounted = true;
    return () => {
      if (isCounted) this.#change(names, envelope.length, -1);
      isCounted = false;
    };
  }

  #change(names: readonly string[], bytes: number, by: 1 | -1): void {
    count(this.#total, bytes, by);
    for (const name of names) {
      const usage = this.#counts.get(name) ?? { messages: 0, bytes: 0, chunks: 0 };
      count(usage, bytes, by);
      if (usage.messages === 0) this.#counts.delete(name);
      else this.#counts.set(name, usage);
    }
  }
}

function count(usage: Usage, bytes: number, by: 1 | -1): void {
  usage.messages += by;
  usage.bytes += by * bytes;
  if (bytes === CHUNK_ENVELOPE_BYTES) usage.chunks += by;
}

function nameOf(submitter: Uint8Array, mailbox?: Uint8Array): string {
  return (mailbox ? textOfBytes(mailbox) : '') + textOfBytes(submitter);
}

function usageIn(usage: Usage | undefined): MailUsage {
  return { messages: usage?.messages ?? 0, bytes: usage?.bytes ?? 0 };
}
