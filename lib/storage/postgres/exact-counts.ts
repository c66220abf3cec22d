import { ByteMap } from '../../byte-map';
import { textOfBytes } from '../../bytes';
import { CHUNK_ENVELOPE_BYTES } from '../../protocol/envelope/envelope';
import type { SubmitterCounts } from '../mail-limits';
import type { MailUsage, NewMail } from '../message-engine';
import type { CountRow } from './counts-view';

/** What is stored in all, and by each. */
export type EverybodysCounts = Pick<SubmitterCounts, 'bytesOfSubmitter' | 'total'>;

interface Submitter {
  messages: number;
  bytes: number;
  chunks: number;
  readonly inMailbox: Map<string, { messages: number; chunks: number }>;
}

/**
 * The counts as they are under the locks of a wave: exact for the submitters of the wave, whose rows were read, and as
 * exact as `rest` for everybody else.
 */
export class ExactCounts implements SubmitterCounts {
  readonly #submitters = new ByteMap<Submitter>();
  readonly #rest: EverybodysCounts;
  #stored: MailUsage = { messages: 0, bytes: 0 };

  constructor(rows: Iterable<CountRow>, rest: EverybodysCounts) {
    this.#rest = rest;
    for (const { mailbox, submitter, messages, bytes, chunks } of rows) {
      this.#add(mailbox, submitter, { messages, bytes, chunks });
    }
  }

  /** One more that the wave stores. */
  add({ mailbox, submitter, envelope }: NewMail): void {
    const chunks = envelope.length === CHUNK_ENVELOPE_BYTES ? 1 : 0;
    this.#add(mailbox, submitter, { messages: 1, bytes: envelope.length, chunks });
    const { messages, bytes } = this.#stored;
    this.#stored = { messages: messages + 1, bytes: bytes + envelope.length };
  }

  countInMailbox(mailbox: Uint8Array, submitter: Uint8Array): number {
    return this.#submitters.get(submitter)?.inMailbox.get(textOfBytes(mailbox))?.messages ?? 0;
  }

  countChunks(submitter: Uint8Array, mailbox?: Uint8Array): number {
    const known = this.#submitters.get(submitter);
    return (mailbox ? known?.inMailbox.get(textOfBytes(mailbox)) : known)?.chunks ?? 0;
  }

  bytesOfSubmitter(submitter: Uint8Array): MailUsage {
    return this.#submitters.get(submitter) ?? this.#rest.bytesOfSubmitter(submitter);
  }

  total(): MailUsage {
    const { messages, bytes } = this.#rest.total();
    return { messages: messages + this.#stored.messages, bytes: bytes + this.#stored.bytes };
  }

  #add(mailbox: Uint8Array, submitter: Uint8Array, more: MailUsage & { readonly chunks: number }): void {
    const known: Submitter = this.#submitters.get(submitter) ?? {
      messages: 0,
      bytes: 0,
      chunks: 0,
      inMailbox: new Map(),
    };
    this.#submitters.set(submitter, known);
    known.messages += more.messages;
    known.bytes += more.bytes;
    known.chunks += more.chunks;
    const name = textOfBytes(mailbox);
    const here = known.inMailbox.get(name) ?? { messages: 0, chunks: 0 };
    known.inMailbox.set(name, here);
    here.messages += more.messages;
    here.chunks += more.chunks;
  }
}
