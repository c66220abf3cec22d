import { ByteSet } from '../byte-map';
import { sameBytes } from '../bytes';
import type { CryptoProvider } from '../crypto/provider';
import { isAcceptablePublicKey } from '../crypto/public-key';
import { PeerMap } from '../peer-map';
import { keyListHash, type Exchange } from '../protocol/keys/exchange';
import { mailboxOf, prekeyTag } from '../protocol/names';
import type { Store, WriteBatch } from '../store/store';
import { readSequence, sequenceKey, Table } from '../store/table';
import type { SecretVault, SlotRef, VaultSecret } from '../store/vault/secret-vault';
import type { PublicKey } from '../types';
import { BatchMemory } from './batch-memory';
import type { HeldKey, HeldKeyRecord } from './key-records';
import { CompactHeldKey, heldKeyForm } from './compact-keys';
import { canReadSecrets, readKeySecret, wrapAgain, wrapUnderSlots } from './key-slots';
import {
  keysKeptFrom,
  MAX_HELD_KEYS_PER_PEER,
  MAX_REMEMBERED_BATCHES,
  type KeyLimits,
  type KeyUse,
} from './key-limits';

/** What became of keys that a peer gave us. */
export type TakeResult = 'added' | 'known' | 'batch-in-use' | 'no-room' | 'malformed';

/** Of an exchange, or of keys by mail. */
export type OfferedKeys = Pick<Exchange, 'from' | 'batch' | 'valid' | 'seed' | 'keys'>;

/** A key that the next message is sealed to. */
export interface DrawnKey {
  readonly key: HeldKey;
  /** q; for the caller to wipe. */
  readonly keySecret: Uint8Array;
}

interface PeerStock {
  readonly mailbox: Uint8Array;
  /** Unused keys by sequence, in the order in which they are spent. */
  readonly keys: Map<number, HeldKey>;
  /** Out of the stock, and on the disk until the batch that deletes them is durable: it may be refused. */
  readonly leaving: Map<number, HeldKey>;
  nextSequence: number;
}

export interface HeldKeysOptions {
  readonly crypto: CryptoProvider;
  readonly ages: { now(): number };
  readonly store: Store;
  readonly vault: SecretVault;
  readonly identity: PublicKey;
  readonly limits: KeyLimits;
}

/**
 * The one-time keys of our peers that we may seal to. A key leaves the stock before it seals anything. When the disk
 * refuses that, the key does not come back in this run: the peer's next list, or the next clearing, deletes it.
 */
export class HeldKeys {
  readonly #o: HeldKeysOptions;
  readonly #memory: BatchMemory;
  readonly #keys: Table<HeldKeyRecord>;
  readonly #peers = new PeerMap<PeerStock>();
  /** No key expires before this age. */
  #noneExpiresBefore = 0;

  constructor(options: HeldKeysOptions) {
    this.#o = options;
    this.#memory = new BatchMemory({ ...options, most: MAX_REMEMBERED_BATCHES });
    this.#keys = new Table(options.store, 'held-key', heldKeyForm);
    for (const peer of this.#memory.peers()) this.#peer(peer);
    let peer: PublicKey = new Uint8Array();
    for (const { rest, record } of this.#keys.entries()) {
      if (!sameBytes(peer, rest.subarray(0, 32))) peer = rest.slice(0, 32);
      const sequence = readSequence(rest.subarray(32));
      const stock = this.#peer(peer);
      stock.keys.set(sequence, new CompactHeldKey(record, { peer, mailbox: stock.mailbox, sequence }));
      stock.nextSequence = sequence + 1;
    }
  }

  /** Peers of whom we ever took keys. */
  peers(): PublicKey[] {
    return [...this.#peers.keys()];
  }

  /** True once we took keys of this peer: it speaks the extension. */
  knows(peer: PublicKey): boolean {
    return this.#memory.knows(peer);
  }

  /** Unused, unexpired keys, the reserve included: the number we tell their owner. */
  held(peer: PublicKey): number {
    const now = this.#o.ages.now();
    let count = 0;
    for (const { validUntil } of this.#unused(peer)) if (validUntil > now) count += 1;
    return count;
  }

  /** Messages that can be sealed before new keys must come. */
  sendable(peer: PublicKey): number {
    return Math.max(0, this.held(peer) - this.#o.limits.reservedKeysPerPeer);
  }

  /** The key that the next message would be sealed to, or undefined. */
  next(peer: PublicKey, use: KeyUse = 'sendable'): HeldKey | undefined {
    const now = this.#o.ages.now();
    let next: HeldKey | undefined;
    let others = keysKeptFrom(use, this.#o.limits);
    for (const key of this.#unused(peer)) {
      if (key.validUntil <= now) continue;
      next ??= key;
      if (others === 0) return next;
      others -= 1;
    }
    return undefined;
  }

  /** The same with its secret. Keys before it whose secret is lost are dropped with `writes`. */
  draw(writes: WriteBatch, peer: PublicKey, use?: KeyUse): DrawnKey | undefined {
    for (let key; (key = this.next(peer, use)) !== undefined;) {
      const keySecret = readKeySecret(this.#o, key);
      if (keySecret !== undefined) return { key, keySecret };
      this.spend(writes, key);
    }
    return undefined;
  }

  /**
   * Takes the key out of the stock, in memory at once and on disk with `writes`, and then its secret is erased: it
   * seals one message.
   */
  spend(writes: WriteBatch, key: HeldKey): void {
    const { keys, leaving } = this.#peer(key.peer);
    keys.delete(key.sequence);
    leaving.set(key.sequence, key);
    this.#delete(writes, key);
    writes.afterCommit(() => leaving.delete(key.sequence));
  }

  /**
   * No byte of what this key sealed left the process, and nothing is left of that once `writes` is durable: the key is
   * unused again, at its old place in the order. `slot` is a new one, whose secret is wiped; the key's own is not.
   */
  giveBack(writes: WriteBatch, { key, keySecret }: DrawnKey, slot: VaultSecret): void {
    const { peer, sequence, batch, index, publicKey, tag, validUntil } = key;
    const wrap = wrapAgain(this.#o.crypto, slot, { batch, index, q: keySecret });
    const renewed = { batch, index, publicKey, tag, validUntil, ...wrap };
    this.#keys.put(writes, [peer, sequenceKey(sequence)], renewed);
    this.#noneExpiresBefore = Math.min(this.#noneExpiresBefore, key.validUntil);
    writes.afterCommit(() => {
      const { keys } = this.#peer(peer);
      const all: HeldKey[] = [...keys.values(), new CompactHeldKey(renewed, key)];
      keys.clear();
      for (const each of all.sort((a, b) => a.sequence - b.sequence)) keys.set(each.sequence, each);
    });
  }

  /** Every secret that must stay in the vault. */
  *refs(): Generator<SlotRef> {
    for (const stock of this.#peers.values()) for (const { ref } of onDisk(stock)) yield ref;
  }

  /**
   * Adds keys that are proven to come from `exchange.from`: those of an exchange, or by mail. The seed is wiped.
   * @throws ErrLocalStorageFull, ErrStore from the vault
   */
  async take(writes: WriteBatch, exchange: OfferedKeys): Promise<TakeResult> {
    try {
      return await this.#take(writes, exchange);
    } finally {
      this.#o.crypto.wipe(exchange.seed);
    }
  }

  async #take(writes: WriteBatch, exchange: OfferedKeys): Promise<TakeResult> {
    const { crypto, ages, vault, limits } = this.#o;
    const { from: peer, batch } = exchange;
    const stock = this.#peer(peer);
    const listHash = keyListHash(crypto, exchange);
    const known = this.#memory.hashOf(peer, batch);
    if (known !== undefined) return sameBytes(known, listHash) ? 'known' : 'batch-in-use';
    if (stock.keys.size + exchange.keys.length > MAX_HELD_KEYS_PER_PEER) return 'no-room';
    const tags = exchange.keys.map(({ publicKey }) => prekeyTag(crypto, publicKey));
    if (!this.#acceptable(stock, exchange, tags)) return 'malformed';
    const wrapped = await wrapUnderSlots(this.#o, exchange);
    const now = ages.now();
    const usable = new Set(
      [...stock.keys.values()].filter((key) => key.validUntil > now).map((key) => key.batch),
    );
    if (!this.#memory.add(writes, peer, batch, listHash, (each) => usable.has(each))) {
      vault.discard(wrapped.map(({ ref }) => ref));
      return 'no-room';
    }
    const validUntil = now + Math.min(exchange.valid, limits.maxPreKeyAge);
    const keys = wrapped.map((each, i): HeldKey => {
      const key = { ...each, batch, tag: tags[i] ?? new Uint8Array(), validUntil };
      const sequence = stock.nextSequence + i;
      this.#keys.put(writes, [peer, sequenceKey(sequence)], key);
      return new CompactHeldKey(key, { peer, mailbox: stock.mailbox, sequence });
    });
    stock.nextSequence += keys.length;
    this.#noneExpiresBefore = Math.min(this.#noneExpiresBefore, validUntil);
    writes.afterCommit(() => {
      for (const key of keys) stock.keys.set(key.sequence, key);
    });
    return 'added';
  }

  /** After a loss of the vault: nothing is ever sealed to a key without its secret. */
  dropUnreadable(writes: WriteBatch): void {
    for (const stock of this.#peers.values()) {
      for (const key of [...stock.keys.values()]) {
        if (!canReadSecrets(this.#o, key)) this.spend(writes, key);
      }
    }
  }

  /**
   * Drops every key that its owner no longer lists. What the list has beyond the keys held is ignored.
   * @param isLive tells whether the owner's list has (batch, index)
   * @returns how many were dropped
   */
  retain(writes: WriteBatch, peer: PublicKey, isLive: (batch: number, index: number) => boolean): number {
    const stock = this.#peer(peer);
    this.#spendAgain(writes, stock);
    const dead = [...stock.keys.values()].filter(({ batch, index }) => !isLive(batch, index));
    for (const key of dead) this.spend(writes, key);
    return dead.length;
  }

  /** The owner's list of live keys names these batches. */
  noteListed(writes: WriteBatch, peer: PublicKey, batches: readonly number[]): void {
    this.#memory.noteListed(writes, peer, batches);
  }

  /** Forgets expired keys and old batches. @returns the age of the next, now if the disk may refuse; Infinity: none */
  expire(writes: WriteBatch): number {
    const now = this.#o.ages.now();
    const stocks = [...this.#peers.values()];
    for (const stock of stocks) this.#spendAgain(writes, stock);
    if (now >= this.#noneExpiresBefore) {
      const all = stocks.flatMap(({ keys }) => [...keys.values()]);
      for (const key of all) if (key.validUntil <= now) this.spend(writes, key);
      const later = all.map(({ validUntil }) => validUntil).filter((until) => until > now);
      this.#noneExpiresBefore = later.reduce((first, until) => Math.min(first, until), Infinity);
    }
    const isRefusable = stocks.some(({ leaving }) => leaving.size > 0);
    return Math.min(isRefusable ? now : this.#noneExpiresBefore, this.#memory.expire(writes));
  }

  /** The peer is no longer a friend once `writes` is durable; until then its keys serve. */
  forget(writes: WriteBatch, peer: PublicKey): void {
    const stock = this.#peers.get(peer);
    if (stock === undefined) return;
    for (const key of onDisk(stock)) this.#delete(writes, key);
    this.#memory.forget(writes, peer);
    writes.afterCommit(() => this.#peers.delete(peer));
  }

  /** Harmless for those whose batch is only on its way: a slot named twice is set free once. */
  #spendAgain(writes: WriteBatch, { leaving }: PeerStock): void {
    for (const key of [...leaving.values()]) this.spend(writes, key);
  }

  #delete(writes: WriteBatch, { peer, sequence, ref }: HeldKey): void {
    this.#keys.delete(writes, [peer, sequenceKey(sequence)]);
    this.#o.vault.erase(writes, [ref]);
  }

  /** No key that could not be used safely: low order, our own, the peer's identity, or given twice. */
  #acceptable(stock: PeerStock, exchange: OfferedKeys, tags: Uint8Array[]): boolean {
    const seen = new ByteSet(Array.from(stock.keys.values(), ({ tag }) => tag));
    return exchange.keys.every(({ publicKey }, i) => {
      const tag = tags[i] ?? new Uint8Array();
      if (seen.has(tag) || !isAcceptablePublicKey(publicKey)) return false;
      if (sameBytes(publicKey, this.#o.identity) || sameBytes(publicKey, exchange.from)) return false;
      seen.add(tag);
      return true;
    });
  }

  #unused(peer: PublicKey): Iterable<HeldKey> {
    return this.#peers.get(peer)?.keys.values() ?? [];
  }

  #peer(peer: PublicKey): PeerStock {
    return this.#peers.getOrInsert(peer, () => ({
      mailbox: mailboxOf(this.#o.crypto, peer),
      keys: new Map(),
      leaving: new Map(),
      nextSequence: 1,
    }));
  }
}

/** Those whose records stand, as far as this run knows. */
function onDisk({ keys, leaving }: PeerStock): HeldKey[] {
  return [...leaving.values(), ...keys.values()];
}
