import { textOfBytes } from '../../../bytes';
import { PeerMap } from '../../../peer-map';
import type { PublicKey } from '../../../types';
import { differenceOf, type Load, NO_LOAD, sumOf } from '../load';
import type { OutboxEntry, OutboxRecord } from './outbox-record';

/** The messages of one friend. */
interface FriendEntries {
  readonly all: Set<OutboxEntry>;
  /** By message id. */
  readonly byId: Map<string, OutboxEntry>;
  readonly byKey: Map<number, OutboxEntry>;
  /** By the name of their value. */
  readonly byValue: Map<string, Set<OutboxEntry>>;
  load: Load;
}

/** The messages of the outbox in memory, by everything that one is looked for by. */
export class OutboxIndex {
  readonly #entries = new Map<number, OutboxEntry>();
  readonly #friends = new PeerMap<FriendEntries>();
  #load = NO_LOAD;
  #urgent = 0;
  #nextSequence = 1;

  get nextSequence(): number {
    return this.#nextSequence;
  }

  get urgentMessages(): number {
    return this.#urgent;
  }

  /** Messages and kept bytes of one friend. Without a friend: of all. */
  load(friend?: PublicKey): Load {
    return friend === undefined ? this.#load : (this.#friends.get(friend)?.load ?? NO_LOAD);
  }

  /** In the order of acceptance. */
  entries(): OutboxEntry[] {
    return [...this.#entries.values()];
  }

  /** In the order of acceptance. */
  of(friend: PublicKey): OutboxEntry[] {
    return [...(this.#friends.get(friend)?.all ?? [])];
  }

  find(friend: PublicKey, messageId: Uint8Array): OutboxEntry | undefined {
    return this.#friends.get(friend)?.byId.get(textOfBytes(messageId));
  }

  /** The message that was sealed to this key of the friend's. */
  findByKey(friend: PublicKey, preKeyId: number): OutboxEntry | undefined {
    return this.#friends.get(friend)?.byKey.get(preKeyId);
  }

  /** Those of its value, in the order of acceptance. */
  valuesLike({ friend, value }: Pick<OutboxRecord, 'friend' | 'value'>): OutboxEntry[] {
    if (value === undefined) return [];
    return [...(this.#friends.get(friend)?.byValue.get(textOfBytes(value.name)) ?? [])];
  }

  has({ sequence }: OutboxEntry): boolean {
    return this.#entries.has(sequence);
  }

  add(entry: OutboxEntry): void {
    const { friend, messageId, sequence, value } = entry;
    const theirs = this.#friends.getOrInsert(friend, noEntries);
    this.#entries.set(sequence, entry);
    theirs.all.add(entry);
    theirs.byId.set(textOfBytes(messageId), entry);
    for (const key of entry.keys) theirs.byKey.set(key, entry);
    if (value !== undefined) {
      const name = textOfBytes(value.name);
      theirs.byValue.set(name, (theirs.byValue.get(name) ?? new Set()).add(entry));
    }
    if (entry.isUrgent) this.#urgent += 1;
    const load = loadOf(entry);
    this.#load = sumOf(this.#load, load);
    theirs.load = sumOf(theirs.load, load);
    this.#nextSequence = Math.max(this.#nextSequence, sequence + 1);
  }

  remove(entry: OutboxEntry): void {
    const { friend, messageId, sequence, value } = entry;
    if (!this.#entries.delete(sequence)) return;
    const load = loadOf(entry);
    this.#load = differenceOf(this.#load, load);
    if (entry.isUrgent) this.#urgent -= 1;
    const theirs = this.#friends.get(friend);
    if (theirs === undefined) return;
    theirs.all.delete(entry);
    theirs.byId.delete(textOfBytes(messageId));
    forgetKeys(theirs, entry);
    if (value !== undefined) {
      const name = textOfBytes(value.name);
      const values = theirs.byValue.get(name);
      values?.delete(entry);
      if (values?.size === 0) theirs.byValue.delete(name);
    }
    theirs.load = differenceOf(theirs.load, load);
    if (theirs.all.size === 0) this.#friends.delete(friend);
  }

  /** Changes an entry, also the keys by which it is found. */
  update(entry: OutboxEntry, change: Partial<OutboxEntry>): void {
    const theirs = this.#friends.get(entry.friend);
    if (theirs !== undefined) forgetKeys(theirs, entry);
    Object.assign(entry, change);
    if (theirs === undefined || !theirs.all.has(entry)) return;
    for (const key of entry.keys) theirs.byKey.set(key, entry);
  }
}

function noEntries(): FriendEntries {
  return { all: new Set(), byId: new Map(), byKey: new Map(), byValue: new Map(), load: NO_LOAD };
}

function forgetKeys({ byKey }: FriendEntries, entry: OutboxEntry): void {
  for (const key of entry.keys) if (byKey.get(key) === entry) byKey.delete(key);
}

function loadOf({ size }: OutboxEntry): Load {
  return { messages: 1, bytes: size };
}
