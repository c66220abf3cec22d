import { concat, toHex } from '../../../bytes';
import { PeerMap } from '../../../peer-map';
import type { PublicKey } from '../../../types';
import { differenceOf, type Load, NO_LOAD, sumOf } from '../load';
import type { OutboxEntry, OutboxRecord } from './outbox-record';

/** The messages of the outbox in memory, by everything that one is looked for by. */
export class OutboxIndex {
  readonly #entries = new Map<number, OutboxEntry>();
  readonly #byId = new Map<string, OutboxEntry>();
  readonly #byKey = new PeerMap<Map<number, OutboxEntry>>();
  readonly #byFriend = new PeerMap<Set<OutboxEntry>>();
  readonly #byValue = new Map<string, Set<OutboxEntry>>();
  readonly #loads = new PeerMap<Load>();
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
    return friend === undefined ? this.#load : (this.#loads.get(friend) ?? NO_LOAD);
  }

  /** In the order of acceptance. */
  entries(): OutboxEntry[] {
    return [...this.#entries.values()];
  }

  /** In the order of acceptance. */
  of(friend: PublicKey): OutboxEntry[] {
    return [...(this.#byFriend.get(friend) ?? [])];
  }

  find(friend: PublicKey, messageId: Uint8Array): OutboxEntry | undefined {
    return this.#byId.get(idOf(friend, messageId));
  }

  /** The message that was sealed to this key of the friend's. */
  findByKey(friend: PublicKey, preKeyId: number): OutboxEntry | undefined {
    return this.#byKey.get(friend)?.get(preKeyId);
  }

  /** Those of its value, in the order of acceptance. */
  valuesLike(message: Pick<OutboxRecord, 'friend' | 'value'>): OutboxEntry[] {
    return [...(this.#byValue.get(valueOf(message)) ?? [])];
  }

  has({ sequence }: OutboxEntry): boolean {
    return this.#entries.has(sequence);
  }

  add(entry: OutboxEntry): void {
    const { friend, messageId, sequence } = entry;
    this.#entries.set(sequence, entry);
    this.#byId.set(idOf(friend, messageId), entry);
    this.#rememberKeys(entry);
    this.#byFriend.getOrInsert(friend, () => new Set()).add(entry);
    if (entry.isUrgent) this.#urgent += 1;
    if (entry.value) this.#byValue.set(valueOf(entry), new Set(this.valuesLike(entry)).add(entry));
    this.#load = sumOf(this.#load, loadOf(entry));
    this.#loads.set(friend, sumOf(this.load(friend), loadOf(entry)));
    this.#nextSequence = Math.max(this.#nextSequence, sequence + 1);
  }

  remove(entry: OutboxEntry): void {
    const { friend, messageId, sequence } = entry;
    if (!this.#entries.delete(sequence)) return;
    this.#byId.delete(idOf(friend, messageId));
    this.#forgetKeys(entry);
    const others = this.#byFriend.get(friend);
    others?.delete(entry);
    if (others?.size === 0) this.#byFriend.delete(friend);
    this.#forgetValue(entry);
    if (entry.isUrgent) this.#urgent -= 1;
    this.#load = differenceOf(this.#load, loadOf(entry));
    const left = differenceOf(this.load(friend), loadOf(entry));
    if (left.messages > 0) this.#loads.set(friend, left);
    else this.#loads.delete(friend);
  }

  /** Changes an entry, also the keys by which it is found. */
  update(entry: OutboxEntry, change: Partial<OutboxEntry>): void {
    this.#forgetKeys(entry);
    Object.assign(entry, change);
    if (this.has(entry)) this.#rememberKeys(entry);
  }

  #forgetValue(entry: OutboxEntry): void {
    const values = this.#byValue.get(valueOf(entry));
    values?.delete(entry);
    if (values?.size === 0) this.#byValue.delete(valueOf(entry));
  }

  #rememberKeys(entry: OutboxEntry): void {
    if (entry.keys.length === 0) return;
    const byKey = this.#byKey.getOrInsert(entry.friend, () => new Map<number, OutboxEntry>());
    for (const key of entry.keys) byKey.set(key, entry);
  }

  #forgetKeys(entry: OutboxEntry): void {
    const byKey = this.#byKey.get(entry.friend);
    for (const key of entry.keys) if (byKey?.get(key) === entry) byKey.delete(key);
    if (byKey?.size === 0) this.#byKey.delete(entry.friend);
  }
}

function loadOf({ size }: OutboxEntry): Load {
  return { messages: 1, bytes: size };
}

/** '' when it has none. */
function valueOf({ friend, value }: Pick<OutboxRecord, 'friend' | 'value'>): string {
  return value === undefined ? '' : toHex(concat(friend, value.name));
}

function idOf(friend: PublicKey, messageId: Uint8Array): string {
  return toHex(concat(friend, messageId));
}
