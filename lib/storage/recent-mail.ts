import { nameOf } from './mail-counts';
import type { Found } from './mail-lookup';

export interface RecentRecord {
  /** 32 bytes. */
  readonly mailbox: Uint8Array;
  found: Found;
  /** False until the batch that put it is on the disk. */
  durable: boolean;
}

/** In memory, the mail that is not in the mailbox index yet; each mailbox in the order of arrival. */
export class RecentMail {
  readonly #mailboxes = new Map<string, Map<string, RecentRecord>>();
  readonly #numbers = new Map<number, RecentRecord>();

  /** No record expires before this. */
  #earliest = Infinity;

  get size(): number {
    return this.#numbers.size;
  }

  get(mailbox: Uint8Array, storageId: Uint8Array): RecentRecord | undefined {
    return this.#mailboxes.get(nameOf(mailbox))?.get(nameOf(storageId));
  }

  byNumber(number: number): RecentRecord | undefined {
    return this.#numbers.get(number);
  }

  in(mailbox: Uint8Array): Iterable<RecentRecord> {
    return this.#mailboxes.get(nameOf(mailbox))?.values() ?? [];
  }

  /** Mailboxes that have any, in bytewise order. */
  mailboxes(): Uint8Array[] {
    return [...this.#mailboxes.keys()].sort().map((name) => new Uint8Array(Buffer.from(name, 'latin1')));
  }

  all(): Iterable<RecentRecord> {
    return this.#numbers.values();
  }

  add(record: RecentRecord): void {
    const name = nameOf(record.mailbox);
    const { number, record: fields } = record.found;
    const mailbox = this.#mailboxes.get(name) ?? new Map<string, RecentRecord>();
    // A record in the place of an older one comes last, as its number says.
    const id = nameOf(fields.storageId);
    mailbox.delete(id);
    mailbox.set(id, record);
    this.#mailboxes.set(name, mailbox);
    this.#numbers.set(number, record);
    this.#earliest = Math.min(this.#earliest, fields.expires);
  }

  /** Durable ones whose time is over at `now`. */
  due(now: number): RecentRecord[] {
    if (this.#earliest > now) return [];
    const due: RecentRecord[] = [];
    this.#earliest = Infinity;
    for (const record of this.#numbers.values()) {
      const { expires } = record.found.record;
      this.#earliest = Math.min(this.#earliest, expires);
      if (record.durable && expires <= now) due.push(record);
    }
    return due;
  }

  remove({ mailbox, found }: RecentRecord): void {
    const name = nameOf(mailbox);
    const inMailbox = this.#mailboxes.get(name);
    const id = nameOf(found.record.storageId);
    if (inMailbox?.get(id)?.found.number === found.number) inMailbox.delete(id);
    if (inMailbox?.size === 0) this.#mailboxes.delete(name);
    this.#numbers.delete(found.number);
  }
}
