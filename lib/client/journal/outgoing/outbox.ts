import { splitLarge } from '../../../protocol/envelope/large/split-large';
import type { DrawnKey } from '../../../forward-security/held-keys';
import type { SlotRef } from '../../../store/vault/secret-vault';
import type { WriteBatch } from '../../../store/store';
import { bareBytes } from '../../../store/record-form';
import { readSequence, sequenceKey, Table } from '../../../store/table';
import type { PublicKey } from '../../../types';
import type { BaseComponents } from '../../components';
import type { Copy } from './copies';
import type { Load } from '../load';
import { OutboxKeys, type OutboxKeysComponents } from './outbox-keys';
import { durable, hadTurn, type OutboxEntry, type OutboxRecord } from './outbox-record';
import { OutboxIndex } from './outbox-index';
import { unboxUnderSlot, boxUnderSlot } from '../../../store/vault/slot-box';

export type { OutboxEntry } from './outbox-record';

/** Keys of one message that are remembered. */
const MOST_KEYS = 4;

export type OutboxComponents = Pick<BaseComponents, 'crypto' | 'store' | 'vault'> & OutboxKeysComponents;

/**
 * The journal of messages not finished yet. The plaintext lies under a slot of the vault until the end; the
 * envelope is journalled in the batch that spends its key, so that no key ever seals twice.
 */
export class Outbox {
  readonly #components: OutboxComponents;
  readonly #records: Table<OutboxRecord>;
  /** Secretboxes under the slots of the records. */
  readonly #plaintexts: Table<Uint8Array>;
  readonly #envelopes: Table<Uint8Array>;
  readonly #index = new OutboxIndex();
  /** Entries whose envelope a node confirmed. */
  readonly #stored = new Set<number>();
  readonly #keys: OutboxKeys;
  readonly #setAside = new Set<number>();
  readonly #firstOfProcess: number;
  /** Commits of added messages that are under way. */
  readonly #journalling = new Set<Promise<void>>();

  constructor(components: OutboxComponents) {
    this.#components = components;
    this.#keys = new OutboxKeys(components);
    this.#records = new Table(components.store, 'outbox');
    this.#plaintexts = new Table(components.store, 'outbox-plaintext', bareBytes);
    this.#envelopes = new Table(components.store, 'outbox-envelope', bareBytes);
    for (const { rest, record } of this.#records.entries()) {
      const entry = { ...record, sequence: readSequence(rest) };
      this.#index.add(entry);
      if (entry.told > 0) this.#stored.add(entry.sequence);
    }
    this.#firstOfProcess = this.#index.nextSequence;
  }

  get messages(): number {
    return this.load().messages;
  }

  get urgentMessages(): number {
    return this.#index.urgentMessages;
  }

  /** Of these, messages that a node confirmed. */
  get storedMessages(): number {
    return this.#stored.size;
  }

  /** Messages and kept bytes of one friend. Without a friend: of all. */
  load(friend?: PublicKey): Load {
    return this.#index.load(friend);
  }

  *refs(): Generator<SlotRef> {
    for (const { ref } of this.entries()) yield ref;
  }

  /** In the order of acceptance. */
  entries(): OutboxEntry[] {
    return this.#index.entries();
  }

  /** In the order of acceptance. */
  of(friend: PublicKey): OutboxEntry[] {
    return this.#index.of(friend);
  }

  /** A message for this friend has no key. */
  waitsForKey(friend: PublicKey): boolean {
    return this.of(friend).some(
      (entry) => entry.sealed === undefined && hadTurn(entry) && !this.isSealing(entry),
    );
  }

  find(friend: PublicKey, messageId: Uint8Array): OutboxEntry | undefined {
    return this.#index.find(friend, messageId);
  }

  /** The message that was sealed to this key of the friend's. */
  findByKey(friend: PublicKey, preKeyId: number): OutboxEntry | undefined {
    return this.#index.findByKey(friend, preKeyId);
  }

  /** Those of its value, in the order of acceptance. */
  valuesLike(message: Pick<OutboxRecord, 'friend' | 'value'>): OutboxEntry[] {
    return this.#index.valuesLike(message);
  }

  /** It is not finished, nor set aside. */
  has(entry: OutboxEntry): boolean {
    return this.#index.has(entry) && !this.#setAside.has(entry.sequence);
  }

  /** Sealed, and the batch that says so is under way. */
  isSealing(entry: OutboxEntry): boolean {
    return this.#keys.isSealing(entry);
  }

  /** No part of it leaves from now on: the batch that ends it is on its way. */
  setAside({ sequence }: OutboxEntry): void {
    this.#setAside.add(sequence);
  }

  /** That batch failed. */
  takeBack({ sequence }: OutboxEntry): void {
    this.#setAside.delete(sequence);
  }

  /** An envelope of it left the process, or may have left an earlier one. */
  mayHaveLeft(entry: OutboxEntry): boolean {
    return this.#keys.mayHaveLeft(entry);
  }

  /** The key of its envelope, while no byte of that left the process; not to be wiped. */
  unsentKey(entry: OutboxEntry): DrawnKey | undefined {
    return this.#keys.unsent(entry);
  }

  /** It was accepted before this process began. */
  isOfEarlierProcess({ sequence }: OutboxEntry): boolean {
    return sequence < this.#firstOfProcess;
  }

  /**
   * The journalled envelope, once the batch that spent its key is durable. From now on it counts as having left; not to be
   * asked for to look at it.
   */
  envelope(entry: OutboxEntry): Uint8Array | undefined {
    if (this.#setAside.has(entry.sequence) || entry.sealed === undefined) return undefined;
    this.#keys.left(entry);
    return this.#envelopes.get(sequenceKey(entry.sequence));
  }

  /**
   * Adds a message to `writes`, sealed when a key is left and it `isToSeal`. It is in memory at once, so that limits and
   * double ids count it, and is taken out again by `withdraw` when the batch fails.
   */
  add(
    writes: WriteBatch,
    fields: Omit<OutboxRecord, 'copies' | 'stored' | 'depositedAt' | 'told' | 'sealed' | 'keys' | 'size'>,
    data: Uint8Array,
    secret: Uint8Array,
    isToSeal = true,
  ): OutboxEntry {
    const entry: OutboxEntry = {
      ...fields,
      size: data.length,
      keys: [],
      copies: [],
      stored: false,
      told: 0,
      sequence: this.#index.nextSequence,
    };
    this.#index.add(entry);
    const content = this.#sealable(entry, data, secret);
    this.#plaintexts.put(
      writes,
      [sequenceKey(entry.sequence)],
      boxUnderSlot(this.#components.crypto, secret, data),
    );
    if (!isToSeal || !hadTurn(entry) || !this.#seal(writes, entry, content)) {
      this.#records.put(writes, [sequenceKey(entry.sequence)], durable(entry));
    }
    return entry;
  }

  /** `durable` ends when an added message is durable or withdrawn. */
  journalling(durable: Promise<void>): void {
    this.#journalling.add(durable);
    const forget = () => this.#journalling.delete(durable);
    durable.then(forget, forget);
  }

  /** Resolves when everything added so far is durable or withdrawn. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#journalling]);
  }

  /** Undoes `add` in memory. */
  withdraw(entry: OutboxEntry): void {
    for (const each of [this.#stored, this.#setAside]) each.delete(entry.sequence);
    this.#keys.forget(entry);
    this.#index.remove(entry);
  }

  /**
   * Seals a waiting message to the next key, with the same message id.
   * 'lost': its plaintext is gone. 'no-key': none is left.
   */
  seal(writes: WriteBatch, entry: OutboxEntry): 'sealed' | 'no-key' | 'lost' {
    const { crypto, vault } = this.#components;
    const secret = vault.read(entry.ref);
    const data = this.plaintext(entry);
    if (secret === undefined || data === undefined) return 'lost';
    const content = this.#sealable(entry, data, secret);
    const sealed = this.#seal(writes, entry, content);
    for (const bytes of [secret, data, content]) crypto.wipe(bytes);
    return sealed ? 'sealed' : 'no-key';
  }

  /** Undoes `seal` in memory, when its batch failed: the message waits for a key as before. */
  sealRefused(entry: OutboxEntry): void {
    this.#keys.forget(entry);
  }

  /** The key of its envelope is dead: the message needs another. */
  unseal(writes: WriteBatch, entry: OutboxEntry): void {
    const { sealed: _sealed, depositedAt: _at, ...rest } = durable(entry);
    this.#envelopes.delete(writes, [sequenceKey(entry.sequence)]);
    this.#records.put(writes, [sequenceKey(entry.sequence)], { ...rest, copies: [], told: 0 });
    writes.afterCommit(() => {
      delete entry.sealed;
      delete entry.depositedAt;
      entry.copies = [];
      entry.told = 0;
      this.#keys.noteDead(entry);
      this.#stored.delete(entry.sequence);
    });
  }

  /** Its turn, or whether somebody heard that it is overdue. */
  note(
    writes: WriteBatch,
    entry: OutboxEntry,
    change: Partial<Pick<OutboxRecord, 'large' | 'overdue'>>,
  ): void {
    this.#records.put(writes, [sequenceKey(entry.sequence)], durable(entry, change));
    writes.afterCommit(() => Object.assign(entry, change));
  }

  /**
   * Nodes confirmed copies.
   * @param copies all of them
   * @param told nodes that outcomes have named, this one included; 0 while no node has all of a large message
   */
  recordCopies(writes: WriteBatch, entry: OutboxEntry, copies: readonly Copy[], told: number): void {
    const last = Math.max(...copies.map(({ at }) => at));
    const first = told > 0 && entry.depositedAt === undefined ? { depositedAt: last } : {};
    const change = { copies: [...copies], stored: entry.stored || told > 0, told, ...first };
    this.#records.put(writes, [sequenceKey(entry.sequence)], durable(entry, change));
    writes.afterCommit(() => {
      Object.assign(entry, change);
      if (told > 0 && this.has(entry)) this.#stored.add(entry.sequence);
    });
  }

  /** The message is finished: record and envelope go, the plaintext is erased. */
  remove(writes: WriteBatch, entry: OutboxEntry): void {
    const key = sequenceKey(entry.sequence);
    this.#records.delete(writes, [key]);
    this.#plaintexts.delete(writes, [key]);
    this.#envelopes.delete(writes, [key]);
    this.#components.vault.erase(writes, [entry.ref]);
    writes.afterCommit(() => this.withdraw(entry));
  }

  /** The plaintext itself, for an ordinary Tox message; undefined when it is lost. */
  plaintext(entry: OutboxEntry): Uint8Array | undefined {
    const stored = this.#plaintexts.get(sequenceKey(entry.sequence));
    return unboxUnderSlot(this.#components.crypto, this.#components.vault.read(entry.ref), stored);
  }

  /** What its envelope holds: of a large message the data of its head. */
  #sealable({ messageId, large }: OutboxEntry, data: Uint8Array, secret: Uint8Array): Uint8Array {
    return large ? splitLarge(this.#components.crypto, { data, secret, messageId }).head : data;
  }

  #seal(writes: WriteBatch, entry: OutboxEntry, data: Uint8Array): boolean {
    const message = this.#keys.seal(writes, entry, data);
    if (message === undefined) return false;
    const sealed = { preKeyId: message.preKeyId, storageId: message.storageId };
    const change = { sealed, keys: [...entry.keys, message.preKeyId].slice(-MOST_KEYS), copies: [] };
    const key = sequenceKey(entry.sequence);
    this.#envelopes.put(writes, [key], message.envelope);
    this.#records.put(writes, [key], durable(entry, change));
    // Not before: until then the envelope must not leave the process.
    writes.afterCommit(() => this.#index.update(entry, change));
    return true;
  }
}
