import { sameBytes } from '../../bytes';
import { PeerMap } from '../../peer-map';
import type { Store, WriteBatch } from '../../store/store';
import { readSequence, sequenceKey, Table } from '../../store/table';
import type { PublicKey } from '../../types';
import type { Copy } from './outgoing/copies';

/** What is sealed for a friend: receipts (type 0x80; all of them again), or a batch of our keys (0x81). */
export type ServiceContent =
  { readonly kind: 'receipts'; readonly again?: true } | { readonly kind: 'keys'; readonly batch: number };

/** Keys that no key is left to seal another mail to are deposited again until this age, seconds. */
export const LONGEST_KEYS_LIFE = 44 * 24 * 60 * 60;

interface ServiceRecord {
  readonly friend: PublicKey;
  readonly messageId: Uint8Array;
  readonly content: ServiceContent;
  readonly envelope: Uint8Array;
  readonly sealed: { readonly preKeyId: number; readonly storageId: Uint8Array };
  /** Age in seconds. */
  readonly acceptedAt: number;
  /** Seconds after `acceptedAt` up to which it is deposited. */
  lifetime: number;
  readonly once: boolean;
  copies: readonly Copy[];
  told: number;
}

export interface ServiceEntry extends Omit<ServiceRecord, 'envelope'> {
  readonly sequence: number;
}

/** Ages at which mail of each kind was last sealed for a friend. */
export interface LastSealed {
  readonly receipts?: number;
  /** Receipts that mail had carried before, and nothing else. */
  readonly again?: number;
  readonly keys?: number;
  /** Age at which the friend last refused keys by mail. */
  readonly refused?: number;
}

/**
 * Envelopes of the protocol's own, in a line beside the outbox: receipts and keys for friends whom we do not meet.
 * They hold no text, end without an outcome and count against no limit.
 */
export class ServiceMail {
  readonly #ages: { now(): number };
  readonly #records: Table<ServiceRecord>;
  readonly #last: Table<LastSealed>;
  readonly #entries = new Map<number, ServiceEntry>();
  readonly #byFriend = new PeerMap<Set<ServiceEntry>>();
  #nextSequence = 1;

  constructor(parts: { store: Store; ages: { now(): number } }) {
    this.#ages = parts.ages;
    this.#records = new Table(parts.store, 'service-mail');
    this.#last = new Table(parts.store, 'service-last');
    for (const { rest, record } of this.#records.entries()) this.#remember(readSequence(rest), record);
  }

  /** Keys before receipts, each oldest first. */
  entries(): ServiceEntry[] {
    const all = [...this.#entries.values()];
    const isKeys = ({ content }: ServiceEntry) => content.kind === 'keys';
    return [...all.filter(isKeys), ...all.filter((entry) => !isKeys(entry))];
  }

  of(friend: PublicKey, kind: ServiceContent['kind']): ServiceEntry[] {
    return [...(this.#byFriend.get(friend) ?? [])].filter(({ content }) => content.kind === kind);
  }

  /** Keys by mail that were sealed to this key of the friend's. */
  findByKey(friend: PublicKey, preKeyId: number): ServiceEntry | undefined {
    return this.of(friend, 'keys').find(({ sealed }) => sealed.preKeyId === preKeyId);
  }

  has(entry: ServiceEntry): boolean {
    return this.#entries.has(entry.sequence);
  }

  envelope(entry: ServiceEntry): Uint8Array | undefined {
    return this.#records.get(sequenceKey(entry.sequence))?.envelope;
  }

  lastSealed(friend: PublicKey): LastSealed {
    return this.#last.get(friend) ?? {};
  }

  /** With the batch that spends the key of its envelope. */
  add(writes: WriteBatch, fields: Omit<ServiceRecord, 'acceptedAt' | 'copies' | 'told' | 'once'>): void {
    const { friend, content } = fields;
    const now = this.#ages.now();
    const record = { ...fields, acceptedAt: now, once: content.kind === 'receipts', copies: [], told: 0 };
    const sequence = this.#nextSequence;
    this.#nextSequence += 1;
    this.#records.put(writes, [sequenceKey(sequence)], record);
    const again = content.kind === 'receipts' && content.again ? { again: now } : {};
    this.#last.put(writes, [friend], { ...this.lastSealed(friend), [content.kind]: now, ...again });
    writes.afterCommit(() => this.#remember(sequence, record));
  }

  recordCopies(writes: WriteBatch, entry: ServiceEntry, copies: readonly Copy[], told: number): void {
    const record = this.#records.get(sequenceKey(entry.sequence));
    if (record === undefined) return;
    const change = { copies, told };
    this.#records.put(writes, [sequenceKey(entry.sequence)], { ...record, ...change });
    writes.afterCommit(() => Object.assign(entry, change));
  }

  /** It is deposited for so many seconds more. */
  prolong(writes: WriteBatch, entry: ServiceEntry, seconds: number): void {
    const record = this.#records.get(sequenceKey(entry.sequence));
    if (record === undefined) return;
    const lifetime = Math.min(LONGEST_KEYS_LIFE, entry.lifetime + seconds);
    this.#records.put(writes, [sequenceKey(entry.sequence)], { ...record, lifetime });
    writes.afterCommit(() => (entry.lifetime = lifetime));
  }

  remove(writes: WriteBatch, entry: ServiceEntry): void {
    this.#records.delete(writes, [sequenceKey(entry.sequence)]);
    writes.afterCommit(() => this.#forget(entry));
  }

  /** The friend answered one of them: it is done. */
  answered(
    writes: WriteBatch,
    friend: PublicKey,
    messageId: Uint8Array,
    taken: boolean,
  ): ServiceContent | undefined {
    const entry = this.of(friend, 'keys').find((each) => sameBytes(each.messageId, messageId));
    if (entry === undefined) return undefined;
    this.remove(writes, entry);
    if (!taken) this.#last.put(writes, [friend], { ...this.lastSealed(friend), refused: this.#ages.now() });
    return entry.content;
  }

  /** An envelope whose key its owner no longer has opens nothing; what it said is sealed again when it is due. */
  dropDead(writes: WriteBatch, friend: PublicKey, isLive: (batch: number, index: number) => boolean): void {
    for (const entry of this.#byFriend.get(friend) ?? []) {
      const { preKeyId } = entry.sealed;
      if (isLive(preKeyId >>> 8, preKeyId & 0xff)) continue;
      this.remove(writes, entry);
    }
  }

  forget(writes: WriteBatch, friend: PublicKey): void {
    this.dropDead(writes, friend, () => false);
    this.#last.delete(writes, [friend]);
  }

  /**
   * Drops receipts whose life is over. Keys may be needed for longer, if nothing can take their place.
   * @returns the age at which the next of the others goes; Infinity: there is none
   */
  expire(writes: WriteBatch): number {
    const now = this.#ages.now();
    let next = Infinity;
    for (const entry of this.#entries.values()) {
      const until = entry.acceptedAt + (entry.content.kind === 'keys' ? LONGEST_KEYS_LIFE : entry.lifetime);
      if (until <= now) this.remove(writes, entry);
      else next = Math.min(next, until);
    }
    return next;
  }

  #remember(sequence: number, record: ServiceRecord): void {
    const { envelope: _envelope, ...rest } = record;
    const entry = { ...rest, sequence };
    this.#entries.set(sequence, entry);
    this.#byFriend.getOrInsert(entry.friend, () => new Set()).add(entry);
    this.#nextSequence = Math.max(this.#nextSequence, sequence + 1);
  }

  #forget(entry: ServiceEntry): void {
    this.#entries.delete(entry.sequence);
    const others = this.#byFriend.get(entry.friend);
    others?.delete(entry);
    if (others?.size === 0) this.#byFriend.delete(entry.friend);
  }
}
