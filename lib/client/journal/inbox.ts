import { PeerMap } from '../../peer-map';
import { concat, sameBytes } from '../../bytes';
import type { CryptoProvider } from '../../crypto/provider';
import type { Content } from '../../protocol/envelope/content';
import type { SecretVault, SlotRef } from '../../store/vault/secret-vault';
import type { Store, WriteBatch } from '../../store/store';
import { bareBytes } from '../../store/record-form';
import { readSequence, sequenceKey, Table } from '../../store/table';
import type { PublicKey, Via } from '../../types';
import { differenceOf, type Load, NO_LOAD, sumOf } from './load';
import { unboxUnderSlot, boxUnderSlot } from '../../store/vault/slot-box';

/** A message that is still to be handled, without what it says. */
export interface InboxRecord {
  readonly sender: PublicKey;
  readonly messageId: Uint8Array;
  readonly via: Via;
  /** Unix milliseconds; sentAt 0 when the sender had no clock. */
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly ref: SlotRef;
  /** Bytes that its content takes. */
  readonly size: number;
  /** The handler was called with it, or was about to be. */
  handed: boolean;
}

export interface InboxEntry extends InboxRecord {
  readonly sequence: number;
}

/** Messages received and still to be handled, durable until their hand-over ended. */
export class Inbox {
  readonly #crypto: CryptoProvider;
  readonly #vault: SecretVault;
  readonly #records: Table<InboxRecord>;
  /** What each says, and of what type it is: a secretbox under its slot of the vault. */
  readonly #contents: Table<Uint8Array>;
  readonly #entries = new Map<number, InboxEntry>();
  readonly #loads = new PeerMap<Load>();
  #nextSequence = 1;

  constructor(parts: { crypto: CryptoProvider; store: Store; vault: SecretVault }) {
    this.#crypto = parts.crypto;
    this.#vault = parts.vault;
    this.#records = new Table(parts.store, 'inbox');
    this.#contents = new Table(parts.store, 'inbox-content', bareBytes);
    for (const { rest, record } of this.#records.entries())
      this.#remember({ ...record, sequence: readSequence(rest) });
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
    fields: Omit<InboxRecord, 'size' | 'handed'>,
    { type, data }: Content,
    secret: Uint8Array,
  ): void {
    const plain = concat(new Uint8Array([type]), data);
    const sealed = boxUnderSlot(this.#crypto, secret, plain);
    this.#crypto.wipe(plain);
    const sequence = this.#nextSequence;
    this.#nextSequence += 1;
    const record = { ...fields, size: sealed.length, handed: false };
    const key = sequenceKey(sequence);
    this.#records.put(writes, [key], record);
    this.#contents.put(writes, [key], sealed);
    writes.afterCommit(() => this.#remember({ ...record, sequence }));
  }

  /** What it says, as it was added; undefined when its secret is lost. */
  read(entry: InboxEntry): Content | undefined {
    const sealed = this.#contents.get(sequenceKey(entry.sequence));
    const plain = unboxUnderSlot(this.#crypto, this.#vault.read(entry.ref), sealed);
    const type = plain?.[0];
    return plain === undefined || type === undefined ? undefined : { type, data: plain.subarray(1) };
  }

  markHanded(writes: WriteBatch, entry: InboxEntry): void {
    if (!this.has(entry)) return;
    const { sequence, ...record } = entry;
    this.#records.put(writes, [sequenceKey(sequence)], { ...record, handed: true });
    writes.afterCommit(() => {
      entry.handed = true;
    });
  }

  /** The message has been handled: its record goes, its plaintext is erased. */
  erase(writes: WriteBatch, entry: InboxEntry): void {
    const key = sequenceKey(entry.sequence);
    this.#records.delete(writes, [key]);
    this.#contents.delete(writes, [key]);
    this.#vault.erase(writes, [entry.ref]);
    writes.afterCommit(() => this.#forget(entry));
  }

  #withId(messageId: Uint8Array): InboxEntry[] {
    return this.entries().filter((entry) => sameBytes(entry.messageId, messageId));
  }

  #remember(entry: InboxEntry): void {
    const { sequence, sender, size } = entry;
    this.#entries.set(sequence, entry);
    this.#nextSequence = Math.max(this.#nextSequence, sequence + 1);
    this.#loads.set(sender, sumOf(this.load(sender), { messages: 1, bytes: size }));
  }

  #forget({ sequence, sender, size }: InboxEntry): void {
    if (!this.#entries.delete(sequence)) return;
    const left = differenceOf(this.load(sender), { messages: 1, bytes: size });
    if (left.messages > 0) this.#loads.set(sender, left);
    else this.#loads.delete(sender);
  }
}
