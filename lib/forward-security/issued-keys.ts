import { sameBytes, toHex } from '../bytes';
import type { CryptoProvider } from '../crypto/provider';
import type { Random } from '../platform/random';
import { encodeExchange } from '../protocol/exchange';
import { prekeyTag } from '../protocol/names';
import type { SecretVault, SlotRef } from '../store/secret-vault';
import type { Store, WriteBatch } from '../store/store';
import { Table } from '../store/table';
import type { KeyPair, PublicKey } from '../types';
import {
  batchKey,
  readBatchKey,
  type IssuedBatchRecord,
  type IssuedKey,
  type IssuedKeyRecord,
} from './key-records';
import { ERASE_SLACK, EXCHANGE_RETRY_AGE, type KeyLimits } from './limits';

interface IssuedBatch {
  readonly batch: number;
  readonly record: IssuedBatchRecord;
  readonly keys: Map<number, IssuedKey>;
}

interface PeerIssue {
  readonly batches: Map<number, IssuedBatch>;
  /** Keys the peer last said it holds, corrected by what we saw since; undefined before it said so. */
  reckoned: number | undefined;
}

export interface IssuedKeysOptions {
  readonly crypto: CryptoProvider;
  readonly random: Random;
  readonly ages: { now(): number };
  readonly store: Store;
  readonly vault: SecretVault;
  readonly identity: KeyPair;
  readonly limits: KeyLimits;
  /** Unix seconds for display in an exchange; 0 without a clock. */
  readonly timestamp: () => number;
}

/**
 * The one-time keys that we issued: their owner's list is the truth about which are alive. Memory follows the
 * durable state: it changes when a batch is committed, except that a key that may have been used is never
 * offered again.
 */
export class IssuedKeys {
  readonly #o: IssuedKeysOptions;
  readonly #batches: Table<IssuedBatchRecord>;
  readonly #keys: Table<IssuedKeyRecord>;
  readonly #peers = new Map<string, PeerIssue>();
  readonly #byTag = new Map<string, IssuedKey>();
  #nextOrder = 1;

  constructor(options: IssuedKeysOptions) {
    this.#o = options;
    this.#batches = new Table(options.store, 'issued-batch');
    this.#keys = new Table(options.store, 'issued-key');
    for (const { rest, record } of this.#batches.entries()) {
      const peer = rest.slice(0, 32);
      const batch = readBatchKey(rest.subarray(32, 35));
      this.#peer(peer).batches.set(batch, { batch, record, keys: new Map() });
      this.#nextOrder = Math.max(this.#nextOrder, record.order + 1);
    }
    for (const { rest, record } of this.#keys.entries()) {
      const peer = rest.slice(0, 32);
      const batch = readBatchKey(rest.subarray(32, 35));
      const owner = this.#peer(peer).batches.get(batch);
      if (owner === undefined) continue;
      this.#add(owner, { ...record, peer, batch, index: rest[35] ?? 0, order: owner.record.order });
    }
  }

  /** The live key under a tag. */
  find(tag: Uint8Array): IssuedKey | undefined {
    return this.#byTag.get(toHex(tag));
  }

  /** Every secret that must stay in the vault. */
  *refs(): Generator<IssuedKey['ref']> {
    for (const key of this.#byTag.values()) yield key.ref;
  }

  /** Live keys per batch, for a state message; oldest batch first. */
  live(peer: PublicKey): { batch: number; live: number[] }[] {
    return this.#oldestFirst(peer).map(({ batch, keys }) => ({
      batch,
      live: [...keys.keys()].sort((a, b) => a - b),
    }));
  }

  liveCount(peer: PublicKey): number {
    let count = 0;
    for (const { keys } of this.#peers.get(toHex(peer))?.batches.values() ?? []) count += keys.size;
    return count;
  }

  /** The peer said how many unused keys of ours it holds. */
  noteHeld(peer: PublicKey, held: number): void {
    this.#peer(peer).reckoned = held;
  }

  /** How many keys a new batch for this peer should have; 0 when its stock is good. */
  shortage(peer: PublicKey, options: { fill?: boolean } = {}): number {
    const { preKeysPerPeer, reservedKeysPerPeer, preKeyRefreshThreshold, maxPreKeyAge } = this.#o.limits;
    const now = this.#o.ages.now();
    let fresh = 0;
    let acknowledged = 0;
    for (const { record, keys } of this.#peers.get(toHex(peer))?.batches.values() ?? []) {
      if (!record.acknowledged) continue;
      acknowledged += keys.size;
      if (now - record.createdAt <= maxPreKeyAge / 2) fresh += keys.size;
    }
    const reckoned = this.#peers.get(toHex(peer))?.reckoned ?? acknowledged;
    const aging = fresh < acknowledged;
    if (reckoned >= preKeyRefreshThreshold && !aging && options.fill !== true) return 0;
    return Math.max(0, preKeysPerPeer + reservedKeysPerPeer - Math.min(reckoned, fresh));
  }

  /** An exchange that the peer has not acknowledged and that may go out again. */
  pending(peer: PublicKey): { batch: number; exchange: Uint8Array } | undefined {
    const now = this.#o.ages.now();
    for (const { batch, record } of this.#oldestFirst(peer)) {
      if (record.exchange === undefined || record.acknowledged) continue;
      if (now - record.createdAt <= EXCHANGE_RETRY_AGE) return { batch, exchange: record.exchange };
    }
    return undefined;
  }

  /**
   * Adds a batch of `count` keys for `peer` to `writes`; at the caps the oldest batches go first.
   * @throws ErrLocalStorageFull, ErrStore from the vault
   */
  async issue(
    writes: WriteBatch,
    peer: PublicKey,
    count: number,
  ): Promise<{ batch: number; exchange: Uint8Array }> {
    const { crypto, vault, identity, limits, ages, timestamp } = this.#o;
    const secrets = await vault.allocate(count);
    const state = this.#peer(peer);
    const doomed = this.#oldestFirst(peer);
    let room = limits.maxLiveKeysPerPeer - this.liveCount(peer);
    let places = limits.maxLiveBatchesPerPeer - state.batches.size;
    while ((room < count || places < 1) && doomed.length > 0) {
      const oldest = doomed.shift();
      if (oldest === undefined) break;
      room += oldest.keys.size;
      places += 1;
      this.#erase(writes, peer, oldest);
    }
    const batch = this.#drawNumber(state);
    const keys = secrets.map(({ ref, secret }, i): IssuedKey => {
      const { publicKey } = crypto.keyPairFromSecret(secret);
      crypto.wipe(secret);
      const tag = prekeyTag(crypto, publicKey);
      return { publicKey, tag, ref, peer, batch, index: i + 1, order: this.#nextOrder };
    });
    const exchange = encodeExchange(crypto, {
      from: identity,
      to: peer,
      batch,
      valid: limits.maxPreKeyAge,
      timestamp: timestamp(),
      keys: keys.map(({ index, publicKey }) => ({ index, publicKey })),
    });
    const now = ages.now();
    const record: IssuedBatchRecord = {
      order: this.#nextOrder,
      exchange,
      acknowledged: false,
      createdAt: now,
      sentAt: now,
    };
    this.#nextOrder += 1;
    const issued: IssuedBatch = { batch, record, keys: new Map() };
    this.#batches.put(writes, [peer, batchKey(batch)], record);
    for (const key of keys) {
      const { publicKey, tag, ref } = key;
      this.#keys.put(writes, [peer, batchKey(batch), new Uint8Array([key.index])], { publicKey, tag, ref });
    }
    writes.afterCommit(() => {
      state.batches.set(batch, issued);
      for (const key of keys) this.#add(issued, key);
    });
    return { batch, exchange };
  }

  /** Before each sending: its keys are erased this long after the last one. */
  markSent(writes: WriteBatch, peer: PublicKey, batch: number): void {
    this.#update(writes, peer, batch, { sentAt: this.#o.ages.now() });
  }

  /** True when `digest` (SHA-256(exchange)[:16]) is of the batch that waits for its acknowledgement. */
  acknowledge(writes: WriteBatch, peer: PublicKey, batch: number, digest: Uint8Array): boolean {
    const record = this.#peers.get(toHex(peer))?.batches.get(batch)?.record;
    if (record?.exchange === undefined) return false;
    if (!sameBytes(this.#o.crypto.sha256(record.exchange).subarray(0, 16), digest)) return false;
    this.#confirm(writes, peer, batch);
    return true;
  }

  /** The peer refused the batch: its keys are erased; the next one has another number. */
  refuse(writes: WriteBatch, peer: PublicKey, batch: number): boolean {
    const found = this.#peers.get(toHex(peer))?.batches.get(batch);
    if (found === undefined || found.record.acknowledged) return false;
    this.#erase(writes, peer, found);
    return true;
  }

  /** The key opened a message: it dies with `writes`, and its batch counts as acknowledged. */
  consume(writes: WriteBatch, key: IssuedKey): void {
    const batch = this.#peers.get(toHex(key.peer))?.batches.get(key.batch);
    this.#keys.delete(writes, [key.peer, batchKey(key.batch), new Uint8Array([key.index])]);
    this.#o.vault.erase(writes, [key.ref]);
    if (batch?.record.acknowledged === false) this.#confirm(writes, key.peer, key.batch);
    if (batch?.keys.size === 1) this.#batches.delete(writes, [key.peer, batchKey(key.batch)]);
    writes.afterCommit(() => {
      this.#byTag.delete(toHex(key.tag));
      batch?.keys.delete(key.index);
      const state = this.#peer(key.peer);
      if (batch?.keys.size === 0) state.batches.delete(key.batch);
      if (state.reckoned !== undefined && state.reckoned > 0) state.reckoned -= 1;
    });
  }

  /** Erases batches whose last possible use is over. */
  expire(writes: WriteBatch): void {
    const { maxPreKeyAge, maxMessageLifetime } = this.#o.limits;
    const oldest = this.#o.ages.now() - maxPreKeyAge - maxMessageLifetime - ERASE_SLACK;
    for (const [peer, { batches }] of this.#peers) {
      for (const issued of batches.values()) {
        if (issued.record.sentAt < oldest) this.#erase(writes, Buffer.from(peer, 'hex'), issued);
      }
    }
  }

  /** After a loss of the vault: keys without a secret are dead, and the next state says so. */
  dropUnreadable(writes: WriteBatch): void {
    for (const [hex, { batches }] of this.#peers) {
      const peer = Buffer.from(hex, 'hex');
      for (const { batch, keys } of batches.values()) {
        const lost = [...keys.values()].filter(({ ref }) => !this.#isReadable(ref));
        for (const { index } of lost) {
          this.#keys.delete(writes, [peer, batchKey(batch), new Uint8Array([index])]);
        }
        if (lost.length === keys.size) this.#batches.delete(writes, [peer, batchKey(batch)]);
        writes.afterCommit(() => {
          for (const { tag, index } of lost) {
            this.#byTag.delete(toHex(tag));
            keys.delete(index);
          }
          if (keys.size === 0) batches.delete(batch);
        });
      }
    }
  }

  /** Erases everything issued to a peer who is no longer a friend. */
  forget(writes: WriteBatch, peer: PublicKey): void {
    for (const issued of this.#oldestFirst(peer)) this.#erase(writes, peer, issued);
  }

  #confirm(writes: WriteBatch, peer: PublicKey, batch: number): void {
    const size = this.#peers.get(toHex(peer))?.batches.get(batch)?.keys.size ?? 0;
    this.#update(writes, peer, batch, { acknowledged: true });
    writes.afterCommit(() => {
      const state = this.#peer(peer);
      state.reckoned = (state.reckoned ?? 0) + size;
    });
  }

  #update(writes: WriteBatch, peer: PublicKey, batch: number, change: Partial<IssuedBatchRecord>): void {
    const found = this.#peers.get(toHex(peer))?.batches.get(batch);
    if (found === undefined) return;
    const next: IssuedBatchRecord = { ...found.record, ...change };
    if (next.acknowledged) delete next.exchange;
    this.#batches.put(writes, [peer, batchKey(batch)], next);
    writes.afterCommit(() => {
      Object.assign(found.record, change);
      if (found.record.acknowledged) delete found.record.exchange;
    });
  }

  #erase(writes: WriteBatch, peer: PublicKey, issued: IssuedBatch): void {
    this.#batches.delete(writes, [peer, batchKey(issued.batch)]);
    const keys = [...issued.keys.values()];
    for (const { index } of keys) {
      this.#keys.delete(writes, [peer, batchKey(issued.batch), new Uint8Array([index])]);
    }
    this.#o.vault.erase(
      writes,
      keys.map(({ ref }) => ref),
    );
    writes.afterCommit(() => {
      for (const { tag } of keys) this.#byTag.delete(toHex(tag));
      this.#peer(peer).batches.delete(issued.batch);
    });
  }

  #isReadable(ref: SlotRef): boolean {
    const secret = this.#o.vault.read(ref);
    if (secret !== undefined) this.#o.crypto.wipe(secret);
    return secret !== undefined;
  }

  /** 24 random bits, never 0 and not in use with this peer. */
  #drawNumber({ batches }: PeerIssue): number {
    for (;;) {
      const batch = readBatchKey(this.#o.random.bytes(3));
      if (batch !== 0 && !batches.has(batch)) return batch;
    }
  }

  #oldestFirst(peer: PublicKey): IssuedBatch[] {
    const batches = this.#peers.get(toHex(peer))?.batches.values() ?? [];
    return [...batches].sort((a, b) => a.record.order - b.record.order);
  }

  #add(batch: IssuedBatch, key: IssuedKey): void {
    batch.keys.set(key.index, key);
    this.#byTag.set(toHex(key.tag), key);
  }

  #peer(peer: PublicKey): PeerIssue {
    const hex = toHex(peer);
    const known = this.#peers.get(hex);
    if (known !== undefined) return known;
    const made: PeerIssue = { batches: new Map(), reckoned: undefined };
    this.#peers.set(hex, made);
    return made;
  }
}
