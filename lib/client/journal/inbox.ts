import { PeerMap } from '../../peer-map';
import { concat, sameBytes } from '../../bytes';
import type { CryptoProvider } from '../../crypto/provider';
import type { Content } from '../../protocol/envelope/content';
import type { SecretVault, SlotRef } from '../../store/vault/secret-vault';
import type { Store, WriteBatch } from '../../store/store';
import { readSequence, sequenceKey, Table } from '../../store/table';
import type { PublicKey, Via } from '../../types';
import { differenceOf, type Load, NO_LOAD, sumOf } from './load';
import { unboxUnderSlot, boxUnderSlot } from '../../store/vault/slot-box';

/** A message that is still to be handled. What it says, and of what type it is, is a secretbox under a slot of the vault. */
export interface InboxRecord {
  readonly sender: PublicKey;
  readonly messageId: Uint8Array;
  readonly via: Via;
  /** Unix milliseconds; sentAt 0 when the sender had no clock. */
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly ref: SlotRef;
  readonly sealed: Uint8Array;
  /** The handler was called with it, or was about to be. */
  handed: boolean;
}

export interface InboxEntry extends Omit<InboxRecord, 'sealed'> {
  readonly sequence: number;
  /** Bytes that it takes. */
  readonly size: number;
}

/** Messages received and still to be handled, durable until their hand-over ended. */
export class Inbox {
  readonly #crypto: CryptoProvider;
  readonly #vault: SecretVault;
  readonly #table: Table<InboxRecord>;
  readonly #entries = new Map<number, InboxEntry>();
  readonly #loads = new PeerMap<Load>();
  #nextSequence = 1;

  constructor(parts: { crypto: CryptoProvider; store: Store; vault: SecretVault }) {
    this.#crypto = parts.crypto;
    this.#vault = parts.vault;
    this.#table = new Table(parts.store, 'inbox');
    for (const { rest, record } of this.#table.entries()) this.#remember(readSequence(rest), record);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** What the messages of this sender take, or all. */
  load(sender?: PublicKey): Load {
    return sender === undefined ? sumOf(...this.#loads.values()) : (this.#loads.get(sender) ?? NO_LOAD);
  }

  *refs(): Generator<SlotRef> {
    for (const { ref } of this.#entries.values()) yield ref;
  }

  /** In the order of arrival. */
  entries(): InboxEntry[] {
    return [...this.#entries.values()];
  }

  /** The message of this sender that has been handed over; another sender's may have the same id. */
  find(sender: PublicKey, messageId: Uint8Array): InboxEntry | undefined {
    return this.#withId(messageId).find((entry) => entry.handed && sameBytes(entry.sender, sender));
  }

  /** Who sent the messages with this id: an id names one only together with its sender. */
  sendersOf(messageId: Uint8Array): PublicKey[] {
    return this.#withId(messageId).map(({ sender }) => sender);
  }

  has(entry: InboxEntry): boolean {
    return this.#entries.has(entry.sequence);
  }

  /**
   * @param content of type 0 to 4, all there; its data of any length
   * @param secret of the slot `fields.ref`; wiped
   */
  add(
    writes: WriteBatch,
    fields: Omit<InboxRecord, 'sealed' | 'handed'>,
    { type, data }: Content,
    secret: Uint8Array,
  ): void {
    const plain = concat(new Uint8Array([type]), data);
    const sealed = boxUnderSlot(this.#crypto, secret, plain);
    this.#crypto.wipe(plain);
    const sequence = this.#nextSequence;
    this.#nextSequence += 1;
    const record = { ...fields, sealed, handed: false };
    this.#table.put(writes, [sequenceKey(sequence)], record);
    writes.afterCommit(() => this.#remember(sequence, record));
  }

  /** What it says, as it was added; undefined when its secret is lost. */
  read(entry: InboxEntry): Content | undefined {
    const record = this.#table.get(sequenceKey(entry.sequence));
    const plain = unboxUnderSlot(this.#crypto, this.#vault.read(entry.ref), record?.sealed);
    const type = plain?.[0];
    return plain === undefined || type === undefined ? undefined : { type, data: plain.subarray(1) };
  }

  markHanded(writes: WriteBatch, entry: InboxEntry): void {
    const record = this.#table.get(sequenceKey(entry.sequence));
    if (record === undefined) return;
    this.#table.put(writes, [sequenceKey(entry.sequence)], { ...record, handed: true });
    writes.afterCommit(() => {
      entry.handed = true;
    });
  }

  /** The message has been handled: its record goes, its plaintext is erased. */
  erase(writes: WriteBatch, entry: InboxEntry): void {
    this.#table.delete(writes, [sequenceKey(entry.sequence)]);
    this.#vault.erase(writes, [entry.ref]);
    writes.afterCommit(() => this.#forget(entry));
  }

  #withId(messageId: Uint8Array): InboxEntry[] {
    return this.entries().filter((entry) => sameBytes(entry.messageId, messageId));
  }

  #remember(sequence: number, record: InboxRecord): void {
    const { sealed, ...rest } = record;
    const size = sealed.length;
    this.#entries.set(sequence, { ...rest, sequence, size });
    this.#nextSequence = Math.max(this.#nextSequence, sequence + 1);
    this.#loads.set(record.sender, sumOf(this.load(record.sender), { messages: 1, bytes: size }));
  }

  #forget({ sequence, sender, size }: InboxEntry): void {
    if (!this.#entries.delete(sequence)) return;
    const left = differenceOf(this.load(sender), { messages: 1, bytes: size });
    if (left.messages > 0) this.#loads.set(sender, left);
    else this.#loads.delete(sender);
  }
}
