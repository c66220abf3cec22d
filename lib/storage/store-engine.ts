import { sameBytes } from '../bytes';
import { ToxAsyncError } from '../errors';
import { readEnvelopeHeader } from '../protocol/envelope';
import type { Store } from '../store/store';
import { afterPrefix } from '../store/table';
import { CommitWaves, type Draft } from './commit-waves';
import { MailCounts, nameOf } from './mail-counts';
import { type Due, type IndexSizes, MailIndex } from './mail-index';
import { entryOf, type Found, readEnvelope } from './mail-lookup';
import { ENVELOPE_PREFIX, envelopePrefix, MAX_NUMBER, numberOfEnvelopeKey, partsOf } from './mail-records';
import type {
  EngineStats,
  MailEntry,
  MailPage,
  MailUsage,
  MessageEngine,
  NewMail,
  RenewedMail,
  StoredMail,
} from './message-engine';
import { StoredCounts } from './stored-counts';

export interface StoreEngineOptions {
  readonly store: Store;
  /** Durable seconds that no step of the wall clock moves (store/age-clock.ts). */
  readonly ages: { now(): number };
  /** How much new mail is kept out of the index at first (mail-index.ts). */
  readonly index?: IndexSizes;
}

/** @throws ErrStore, ErrClosed */
export function openStoreEngine(options: StoreEngineOptions): StoreEngine {
  return new StoreEngine(options);
}

/**
 * MessageEngine over a Store. Writes that arrive together share one durable batch; reads go straight to the store.
 * Closing the store is the owner's part.
 */
export class StoreEngine implements MessageEngine {
  readonly #store: Store;
  readonly #ages: { now(): number };
  readonly #index: MailIndex;
  readonly #counts: StoredCounts;
  /** Puts that were called and are in no wave yet. */
  readonly #underWay = new MailCounts();
  readonly #waves: CommitWaves;

  constructor(options: StoreEngineOptions) {
    this.#store = options.store;
    this.#ages = options.ages;
    this.#index = new MailIndex(options.store, options.index);
    this.#counts = new StoredCounts(options.store, this.#index);
    this.#waves = new CommitWaves(options.store, {
      beforeCommit: (draft) => {
        this.#counts.save(draft);
        this.#index.moveSome(draft);
      },
      afterFailure: () => {
        this.#index.forget();
        this.#counts.forget();
      },
    });
  }

  put(mail: NewMail): Promise<void> {
    const mailbox = nameOf(mail.mailbox);
    const submitter = nameOf(mail.submitter);
    this.#underWay.change(mailbox, submitter, 1, mail.envelope.length);
    let waits = true;
    const arrive = () => {
      if (waits) this.#underWay.change(mailbox, submitter, -1, -mail.envelope.length);
      waits = false;
    };
    return this.#waves
      .run((draft) => {
        arrive();
        this.#insert(draft, mail);
      })
      .finally(arrive);
  }

  get(mailbox: Uint8Array, storageId: Uint8Array): Promise<StoredMail | undefined> {
    return promised(() => {
      const found = this.#index.find(mailbox, storageId);
      const now = this.#now();
      if (!found || found.record.expires <= now) return undefined;
      const envelope = readEnvelope(this.#store, found);
      return { ...entryOf(found, now), envelope, remaining: found.record.expires - now };
    });
  }

  renew(mailbox: Uint8Array, storageId: Uint8Array, keepSeconds: number): Promise<RenewedMail | undefined> {
    return this.#waves.run((draft) => {
      const found = this.#index.findIn(draft, mailbox, storageId);
      const now = this.#now();
      if (!found || found.record.expires <= now) return undefined;
      const { record } = found;
      const expires = Math.max(record.expires, now + keepSeconds);
      // Further deposits within one second change nothing and cost no write.
      if (expires !== record.expires || record.deposited !== now) {
        this.#index.renew(draft, mailbox, found, { ...record, deposited: now, expires });
      }
      return { remaining: expires - now };
    });
  }

  page(mailbox: Uint8Array, cursor: number, max: number): Promise<MailPage> {
    return promised(() => {
      const items: MailEntry[] = [];
      if (cursor >= MAX_NUMBER) return { items, more: false };
      const now = this.#now();
      for (const found of this.#index.list(mailbox, cursor)) {
        if (found.record.expires <= now) continue;
        if (items.length >= max) return { items, more: true };
        items.push(entryOf(found, now));
      }
      return { items, more: false };
    });
  }

  delete(mailbox: Uint8Array, storageId: Uint8Array): Promise<boolean> {
    return this.#waves.run((draft) => {
      const found = this.#index.findIn(draft, mailbox, storageId);
      if (!found) return false;
      this.#remove(draft, mailbox, found);
      return found.record.expires > this.#now();
    });
  }

  countInMailbox(mailbox: Uint8Array, submitter?: Uint8Array): number {
    const underWay = this.#underWay.inMailbox(nameOf(mailbox), submitter && nameOf(submitter));
    return this.#counts.inMailbox(mailbox, submitter) + underWay;
  }

  bytesOfSubmitter(submitter: Uint8Array): MailUsage {
    return plus(this.#counts.usageOf(submitter), this.#underWay.usageOf(nameOf(submitter)));
  }

  expire(max: number): Promise<number> {
    return this.#waves.run((draft) => {
      const due = this.#index.due(draft, this.#now(), max);
      for (const one of due) {
        if (one.mail) this.#remove(draft, one.mail.mailbox, one.mail.found);
        else this.#discard(draft, one);
      }
      return due.length;
    });
  }

  total(): MailUsage {
    return plus(this.#counts.total, this.#underWay.total);
  }

  stats(): EngineStats {
    return { ...this.total(), mailboxes: this.#counts.mailboxes, oldestAge: this.#oldestAge() };
  }

  #insert(draft: Draft, mail: NewMail): void {
    const { mailbox, storageId, submitter, envelope, keepSeconds } = mail;
    const header = readEnvelopeHeader(envelope);
    if (!sameBytes(header.mailbox, mailbox)) throw invalid('The envelope names another mailbox.');
    const now = this.#now();
    const old = this.#index.findIn(draft, mailbox, storageId);
    if (old && old.record.expires > now) throw invalid('This envelope is stored already; renew it instead.');
    if (old) this.#remove(draft, mailbox, old);
    const number = this.#counts.nextNumber();
    const expires = now + keepSeconds;
    const bytes = envelope.length;
    this.#counts.add(mailbox, submitter, bytes);
    for (const { key, from, to } of partsOf(number, bytes)) draft.write(key, envelope.subarray(from, to));
    const record = { storageId, tag: header.tag, submitter, deposited: now, expires, bytes };
    this.#index.add(draft, mailbox, { number, record });
  }

  #remove(draft: Draft, mailbox: Uint8Array, found: Found): void {
    const { number, record } = found;
    this.#counts.remove(mailbox, found);
    for (const { key } of partsOf(number, record.bytes)) draft.delete(key);
    this.#index.remove(draft, mailbox, found);
  }

  /**
   * Of a damaged record what can be found. Its index record goes unlisted from now on, and the totals count it on:
   * who submitted it where is not known any more.
   */
  #discard(draft: Draft, { number, keys }: Due): void {
    const prefix = envelopePrefix(number);
    for (const [key] of this.#store.range({ gte: prefix, lt: afterPrefix(prefix) })) draft.delete(key);
    for (const key of keys) draft.delete(key);
  }

  #oldestAge(): number | undefined {
    for (const [key] of this.#store.range({ gte: ENVELOPE_PREFIX, lt: afterPrefix(ENVELOPE_PREFIX) })) {
      const known = this.#index.findByNumber(numberOfEnvelopeKey(key));
      if (known) return entryOf(known.found, this.#now()).age;
    }
    return undefined;
  }

  #now(): number {
    return Math.floor(this.#ages.now());
  }
}

function plus(a: MailUsage, b: MailUsage): MailUsage {
  return { messages: a.messages + b.messages, bytes: a.bytes + b.bytes };
}

function invalid(text: string): ToxAsyncError {
  return new ToxAsyncError('ErrInvalidArgument', text);
}

/** A synchronous read as the promise the interface asks for; what it throws rejects. */
function promised<T>(read: () => T): Promise<T> {
  return new Promise((resolve) => resolve(read()));
}
