import { textOfBytes } from '../../bytes';
import type { MailCounts, MailUsage, NewMail } from '../message-engine';
import type { EverybodysCounts } from './exact-counts';
import { MailCounts as UnderWay } from '../local/mail-counts';

/** A row of the table `counts`: what one submitter has in one mailbox. */
export interface CountRow {
  readonly mailbox: Uint8Array;
  readonly submitter: Uint8Array;
  readonly messages: number;
  readonly chunks: number;
  readonly bytes: number;
  /** The greatest arrival number so far. */
  readonly arrived: number;
  /** The transaction that wrote it. */
  readonly changed: number;
}

interface Usage {
  messages: number;
  chunks: number;
  bytes: number;
}

const NOTHING: Usage = { messages: 0, chunks: 0, bytes: 0 };

/** What this process knows of the counts: rows as they were read last, and its own puts that are under way. */
export class CountsView implements MailCounts {
  readonly #underWay = new UnderWay();
  #rows = new Map<string, CountRow>();
  #mailboxes = new Map<string, Usage>();
  #submitters = new Map<string, Usage>();
  #total: Usage = { ...NOTHING };

  /** A put has been called; gives what says that it has ended. */
  begin(mail: NewMail): () => void {
    return this.#underWay.add(mail);
  }

  /** The same without what is under way, and as it is at the moment of each question. */
  settled(): EverybodysCounts {
    return {
      total: () => this.#total,
      bytesOfSubmitter: (submitter) => this.#submitters.get(textOfBytes(submitter)) ?? NOTHING,
    };
  }

  /** Whether mail is known here to have arrived of which these rows, which are all there are, know nothing. */
  isAheadOf(rows: readonly CountRow[]): boolean {
    const arrived = new Map(rows.map((row) => [nameOf(row), row.arrived]));
    return [...this.#rows].some(([name, row]) => row.arrived > (arrived.get(name) ?? 0));
  }

  /** Takes rows in, but for those that are older than what is known. Gives the mailboxes in which mail arrived. */
  apply(rows: Iterable<CountRow>): Uint8Array[] {
    const arrivals: Uint8Array[] = [];
    for (const row of rows) {
      const name = nameOf(row);
      const old = this.#rows.get(name);
      if (old && old.changed > row.changed) continue;
      if (row.messages === 0) this.#rows.delete(name);
      else this.#rows.set(name, row);
      if (row.messages > 0 && row.arrived > (old?.arrived ?? 0)) arrivals.push(row.mailbox);
      this.#count(row, old ?? NOTHING);
    }
    return arrivals;
  }

  /** These are all rows there are. Gives the same. */
  replace(rows: readonly CountRow[]): Uint8Array[] {
    const before = this.#rows;
    this.#rows = new Map();
    this.#mailboxes = new Map();
    this.#submitters = new Map();
    this.#total = { ...NOTHING };
    this.apply(rows);
    return rows
      .filter((row) => row.messages > 0 && row.arrived > (before.get(nameOf(row))?.arrived ?? 0))
      .map(({ mailbox }) => mailbox);
  }

  countInMailbox(mailbox: Uint8Array, submitter?: Uint8Array): number {
    const known = submitter
      ? this.#rowOf(mailbox, submitter)
      : (this.#mailboxes.get(textOfBytes(mailbox)) ?? NOTHING);
    return known.messages + this.#underWay.inMailbox(mailbox, submitter);
  }

  bytesOfSubmitter(submitter: Uint8Array): MailUsage {
    return plus(this.#submitters.get(textOfBytes(submitter)) ?? NOTHING, this.#underWay.usageOf(submitter));
  }

  countChunks(submitter: Uint8Array, mailbox?: Uint8Array): number {
    const known = mailbox
      ? this.#rowOf(mailbox, submitter)
      : (this.#submitters.get(textOfBytes(submitter)) ?? NOTHING);
    return known.chunks + this.#underWay.chunksOf(submitter, mailbox);
  }

  total(): MailUsage {
    return plus(this.#total, this.#underWay.total);
  }

  #rowOf(mailbox: Uint8Array, submitter: Uint8Array): Usage {
    return this.#rows.get(textOfBytes(mailbox) + textOfBytes(submitter)) ?? NOTHING;
  }

  #count(row: CountRow, old: Usage): void {
    const change = {
      messages: row.messages - old.messages,
      chunks: row.chunks - old.chunks,
      bytes: row.bytes - old.bytes,
    };
    add(this.#total, change);
    addIn(this.#mailboxes, textOfBytes(row.mailbox), change);
    addIn(this.#submitters, textOfBytes(row.submitter), change);
  }
}

function nameOf({ mailbox, submitter }: CountRow): string {
  return textOfBytes(mailbox) + textOfBytes(submitter);
}

function addIn(usages: Map<string, Usage>, name: string, change: Usage): void {
  const usage = usages.get(name) ?? { ...NOTHING };
  add(usage, change);
  if (usage.messages === 0) usages.delete(name);
  else usages.set(name, usage);
}

function add(usage: Usage, change: Usage): void {
  usage.messages += change.messages;
  usage.chunks += change.chunks;
  usage.bytes += change.bytes;
}

function plus(known: Usage, underWay: MailUsage): MailUsage {
  return { messages: known.messages + underWay.messages, bytes: known.bytes + underWay.bytes };
}
