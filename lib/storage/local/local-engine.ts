import { sameBytes } from '../../bytes';
import type { CryptoProvider } from '../../crypto/provider';
import { ToxAsyncError } from '../../errors';
import { readEnvelopeHeader } from '../../protocol/envelope/envelope';
import { storageIdOf } from '../../protocol/names';
import type { Store, WriteBatch } from '../../store/store';
import { afterPrefix } from '../../store/table';
import { CommitWaves } from './commit-waves';
import { MailCounts } from './mail-counts';
import { type Found, MailIndex } from './mail-index';
import {
  decodeEnvelope,
  encodeEnvelope,
  ENVELOPE_PREFIX,
  envelopePrefix,
  type MailRecord,
  numberOfEnvelopeKey,
  partKey,
  partsOf,
  stamped,
  unstamped,
} from './mail-records';
import { judgeMail, type MailLimits } from '../mail-limits';
import { Listeners } from '../../platform/listeners';
import type {
  EngineHealth,
  EngineStats,
  MailEntry,
  MailPage,
  MailUsage,
  MessageEngine,
  NewMail,
  PutAnswer,
  RenewedMail,
  StoredMail,
} from '../message-engine';

/** What an engine over a Store needs. */
export interface LocalEngineOptions {
  readonly store: Store;
  /** Names envelopes by their hashes. */
  readonly crypto: CryptoProvider;
  /** Durable seconds that no step of the wall clock moves (store/directory/age-clock.ts). */
  readonly ages: { now(): number };
}

/** Opens the storage engine that keeps mail in a Store. @throws ErrStore, ErrClosed */
export function openLocalEngine(options: LocalEngineOptions): LocalEngine {
  return new LocalEngine(options);
}

/**
 * MessageEngine over a Store. Writes that arrive together share one durable batch; reads go straight to the store.
 * Closing the store is the owner's part.
 */
export class LocalEngine implements MessageEngine {
  readonly #store: Store;
  readonly #ages: { now(): number };
  readonly #index: MailIndex;
  /** Puts that were called and are in no wave yet. */
  readonly #underWay = new MailCounts();
  /** First parts of the envelopes that the wave being made puts, by number, without their stamps. */
  readonly #fresh = new Map<number, Uint8Array>();
  readonly #waves: CommitWaves;
  readonly #mailCame = new Listeners<[mailbox: Uint8Array]>();

  constructor({ store, crypto, ages }: LocalEngineOptions) {
    this.#store = store;
    this.#ages = ages;
    this.#index = new MailIndex(store, (envelope) => storageIdOf(crypto, envelope));
    this.#waves = new CommitWaves(store, {
      beforeCommit: (batch) => {
        this.#fresh.clear();
        this.#index.save(batch);
      },
      afterFailure: () => this.#index.forget(),
    });
  }

  put(mail: NewMail, limits?: MailLimits): Promise<PutAnswer> {
    // What is under way counts, so that many at once overrun no limit.
    const verdict = limits ? judgeMail(limits, this, mail) : 'fits';
    if (verdict !== 'fits') return Promise.resolve(verdict);
    const arrive = this.#underWay.add(mail);
    return new Promise((resolve, reject) => {
      let isNew = false;
      this.#waves.add({
        apply: (batch) => {
          arrive();
          isNew = this.#insert(batch, mail);
        },
        resolve: () => {
          if (isNew) this.#mailCame.emit(mail.mailbox);
          resolve(isNew ? 'stored' : 'known');
        },
        reject: (error) => {
          arrive();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      });
    });
  }

  get(mailbox: Uint8Array, storageId: Uint8Array): Promise<StoredMail | undefined> {
    return promised(() => {
      const found = this.#index.findDurable(mailbox, storageId);
      const now = this.#now();
      if (!found || this.#isOver(found.slot, now)) return undefined;
      const remaining = this.#index.table.expiresOf(found.slot) - now;
      return { ...entryOf(found.number, found.record, now), envelope: this.#readEnvelope(found), remaining };
    });
  }

  renew(mailbox: Uint8Array, storageId: Uint8Array, keepSeconds: number): Promise<RenewedMail | undefined> {
    return this.#waves.run((batch) => {
      const found = this.#index.find(mailbox, storageId);
      const now = this.#now();
      if (!found || this.#isOver(found.slot, now)) return undefined;
      const before = this.#index.table.expiresOf(found.slot);
      const expires = Math.max(before, now + keepSeconds);
      // Further deposits within one second change nothing and cost no write.
      if (expires !== before || found.record.deposited !== now) {
        this.#renew(batch, found, { ...found.record, deposited: now, expires });
      }
      return { remaining: expires - now };
    });
  }

  page(mailbox: Uint8Array, cursor: number, max: number): Promise<MailPage> {
    return promised(() => {
      const items: MailEntry[] = [];
      const now = this.#now();
      for (const slot of this.#index.slotsIn(mailbox, cursor)) {
        if (this.#isOver(slot, now)) continue;
        if (items.length >= max) return { items, more: true };
        const number = this.#index.table.numberOf(slot);
        const record = this.#index.recordOf(number);
        if (record) items.push(entryOf(number, record, now));
      }
      return { items, more: false };
    });
  }

  delete(mailbox: Uint8Array, storageId: Uint8Array): Promise<boolean> {
    return this.#waves.run((batch) => {
      const found = this.#index.find(mailbox, storageId);
      if (!found) return false;
      const wasLive = !this.#isOver(found.slot, this.#now());
      this.#remove(batch, found.slot);
      return wasLive;
    });
  }

  countInMailbox(mailbox: Uint8Array, submitter?: Uint8Array): number {
    return this.#index.table.countIn(mailbox, submitter) + this.#underWay.inMailbox(mailbox, submitter);
  }

  bytesOfSubmitter(submitter: Uint8Array): MailUsage {
    return plus(this.#index.table.usageOf(submitter), this.#underWay.usageOf(submitter));
  }

  countChunks(submitter: Uint8Array, mailbox?: Uint8Array): number {
    return this.#index.table.chunksOf(submitter, mailbox) + this.#underWay.chunksOf(submitter, mailbox);
  }

  expire(max: number): Promise<number> {
    return this.#waves.run((batch) => {
      const due = this.#index.table.due(this.#now(), max);
      for (const slot of due) this.#remove(batch, slot);
      const damaged = this.#index.takeDamaged(max - due.length);
      for (const number of damaged) this.#discard(batch, number);
      return due.length + damaged.length;
    });
  }

  total(): MailUsage {
    return plus(this.#index.table.total, this.#underWay.total);
  }

  stats(): Promise<EngineStats> {
    return new Promise((resolve) => {
      resolve({ ...this.total(), mailboxes: this.#index.table.mailboxes, oldestAge: this.#oldestAge() });
    });
  }

  onMail(listener: (mailbox: Uint8Array) => void): () => void {
    return this.#mailCame.add(listener);
  }

  health(): EngineHealth {
    return { state: 'ok' };
  }

  /** It never changes: what is wrong with the store itself the session says. */
  onHealth(): () => void {
    return () => undefined;
  }

  /** False when it lies there already. */
  #insert(batch: WriteBatch, mail: NewMail): boolean {
    const { mailbox, storageId, submitter, envelope, keepSeconds } = mail;
    const header = readEnvelopeHeader(envelope);
    if (!sameBytes(header.mailbox, mailbox)) throw invalid('The envelope is for another mailbox.');
    const now = this.#now();
    const old = this.#index.find(mailbox, storageId);
    if (old && !this.#isOver(old.slot, now)) return false;
    if (old) this.#remove(batch, old.slot);
    const { tag } = header;
    const expires = now + keepSeconds;
    const record = { mailbox, storageId, tag, submitter, deposited: now, expires, bytes: envelope.length };
    const number = this.#index.add(record);
    const parts = encodeEnvelope(number, record, envelope);
    parts.forEach((pieces, part) => batch.put(partKey(number, part), ...pieces));
    this.#fresh.set(number, parts[0]?.at(-1) ?? envelope);
    return true;
  }

  #renew(batch: WriteBatch, found: Found, record: MailRecord): void {
    const { number } = found;
    this.#index.renew(found, record);
    const key = partKey(number, 0);
    const fresh = this.#fresh.get(number);
    const stored = fresh ? undefined : this.#store.get(key);
    const part = fresh ?? (stored && unstamped(stored));
    if (part) batch.put(key, ...stamped(part, number, record));
  }

  #remove(batch: WriteBatch, slot: number): void {
    const { table } = this.#index;
    const number = table.numberOf(slot);
    for (let part = 0; part < partsOf(table.bytesOf(slot)); part++) batch.delete(partKey(number, part));
    this.#index.remove(slot);
  }

  /** Of a damaged envelope what can be found. */
  #discard(batch: WriteBatch, number: number): void {
    const prefix = envelopePrefix(number);
    for (const [key] of this.#store.range({ gte: prefix, lt: afterPrefix(prefix) })) batch.delete(key);
  }

  /** What is there of it; whether it is whole, its hash tells. */
  #readEnvelope({ number, record }: Found): Uint8Array {
    const parts = Array.from({ length: partsOf(record.bytes) }, (_, part) => partKey(number, part));
    return decodeEnvelope(parts.map((key) => this.#store.get(key) ?? new Uint8Array()));
  }

  #oldestAge(): number | undefined {
    for (const [key] of this.#store.range({ gte: ENVELOPE_PREFIX, lt: afterPrefix(ENVELOPE_PREFIX) })) {
      const number = numberOfEnvelopeKey(key);
      const record = this.#index.recordOf(number);
      if (record) return entryOf(number, record, this.#now()).age;
    }
    return undefined;
  }

  /** Whether the time of what lies in a slot is over. */
  #isOver(slot: number, now: number): boolean {
    return this.#index.table.expiresOf(slot) <= now;
  }

  #now(): number {
    return Math.floor(this.#ages.now());
  }
}

/** What a listing says of a message at `now`, seconds on the age clock. */
function entryOf(cursor: number, record: MailRecord, now: number): MailEntry {
  const { storageId, tag } = record;
  return { cursor, storageId, tag, age: Math.max(0, now - record.deposited) };
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
