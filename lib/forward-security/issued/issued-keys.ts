import { sameBytes } from '../../bytes';
import { ToxAsyncError } from '../../errors';
import type { CryptoProvider } from '../../crypto/provider';
import type { Random } from '../../platform/random';
import { encodeExchange } from '../../protocol/keys/exchange';
import { SEED_BYTES } from '../../protocol/keys/key-list';
import { prekeyTag } from '../../protocol/names';
import type { SecretVault, SlotRef } from '../../store/vault/secret-vault';
import type { Store, WriteBatch } from '../../store/store';
import type { KeyPair, PublicKey } from '../../types';
import { ErasedKeys } from './erased-keys';
import { IssueBudget } from './issue-budget';
import { type IssuedBatch, IssuedBatches } from './issued-batches';
import { readBatchKey, type IssuedKey } from '../key-records';
import { canReadSecrets, makeKey } from '../key-slots';
import { type Offer, openOffer, sealOffer } from './sealed-offer';
import { StockReckoning } from './stock-reckoning';
import { EXCHANGE_RETRY_AGE, type KeyLimits, MAX_MAILED_BATCHES } from '../key-limits';
import { endsOf } from './batch-ends';

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

/** The one-time keys that we issued: their owner's list is the truth about which are alive. */
export class IssuedKeys {
  readonly #o: IssuedKeysOptions;
  readonly #batches: IssuedBatches;
  readonly #budget: IssueBudget;
  readonly #erased: ErasedKeys;
  readonly #stocks: StockReckoning;

  constructor(options: IssuedKeysOptions) {
    this.#o = options;
    this.#batches = new IssuedBatches(options);
    this.#budget = new IssueBudget(options.ages);
    this.#erased = new ErasedKeys(options);
    this.#stocks = new StockReckoning({ ...options, batches: this.#batches });
  }

  /** The live key under a tag. */
  find(tag: Uint8Array): IssuedKey | undefined {
    return this.#batches.key(tag);
  }

  /** Every secret that must stay in the vault. */
  refs(): Iterable<SlotRef> {
    return this.#batches.refs();
  }

  /** Live keys per batch, for a state message; oldest batch first. */
  live(peer: PublicKey): { batch: number; live: number[] }[] {
    return this.#batches.of(peer).map(({ batch, keys }) => ({
      batch,
      live: [...keys.keys()].sort((a, b) => a - b),
    }));
  }

  liveCount(peer: PublicKey): number {
    return this.#batches.of(peer).reduce((count, { keys }) => count + keys.size, 0);
  }

  /** The most keys of ours that this peer can hold as far as this directory knows: live ones, and ones we erased. */
  mostHeld(peer: PublicKey): number {
    return this.liveCount(peer) + this.#erased.count(peer);
  }

  /** Whether a key died unused, by our own doing. */
  wasErased(tag: Uint8Array): boolean {
    return this.#erased.has(tag);
  }

  /** The peer said how many unused keys of ours it holds. */
  noteHeld(peer: PublicKey, held: number): void {
    this.#stocks.noteHeld(peer, held);
  }

  /**
   * How many keys a new batch for this peer should have; 0 when its stock is good, or when it had too many.
   * @param options.fill as many as a full stock lacks
   * @param options.mail keys by mail are dear: old ones are replaced only when all are old
   */
  shortage(peer: PublicKey, options: { fill?: boolean; mail?: boolean } = {}): number {
    const missing = this.#stocks.shortage(peer, options);
    return this.#budget.allows(peer, missing) ? missing : 0;
  }

  /** The age at which mail may have to bring more keys although nothing happens; Infinity: never. */
  shortageGrowsAt(peer: PublicKey): number {
    const missing = this.#stocks.shortage(peer, { mail: true });
    const allowedAt = missing > 0 ? this.#budget.allowsAt(peer, missing) : Infinity;
    return Math.min(this.#stocks.olderAt(peer), allowedAt);
  }

  /** An exchange that the peer has not acknowledged and that may go out again, the oldest. */
  pending(peer: PublicKey): Offer | undefined {
    const now = this.#o.ages.now();
    const isYoung = ({ record }: IssuedBatch) => now - record.createdAt <= EXCHANGE_RETRY_AGE;
    return this.#offerOf(this.#batches.waiting(peer).find(isYoung));
  }

  /**
   * What a mail of at most `most` keys carries in place of a new batch: one that waits for its acknowledgement and was
   * never mailed, or the newest of three that were. Undefined: a new batch.
   */
  pendingMail(peer: PublicKey, most: number): Offer | undefined {
    const now = this.#o.ages.now();
    const fitting = this.#batches.waiting(peer).filter(({ keys }) => keys.size <= most);
    const isNew = ({ record }: IssuedBatch) =>
      record.mailed === undefined && now - record.createdAt <= EXCHANGE_RETRY_AGE;
    const mailed = fitting.filter(({ record }) => record.mailed === true);
    return this.#offerOf(mailed.length < MAX_MAILED_BATCHES ? fitting.find(isNew) : mailed.at(-1));
  }

  /** Whether this batch waits for its acknowledgement. */
  isPending(peer: PublicKey, batch: number): boolean {
    return this.#batches.find(peer, batch)?.record.acknowledged === false;
  }

  /**
   * Adds a batch of `count` keys for `peer` to `writes`; at the caps the oldest batches go first.
   * @param how.mailed it goes out by mail
   * @throws ErrLocalStorageFull, ErrStore from the vault
   */
  async issue(
    writes: WriteBatch,
    peer: PublicKey,
    count: number,
    how: { mailed?: true } = {},
  ): Promise<Offer> {
    const { crypto, random, vault, identity, limits, ages, timestamp } = this.#o;
    const [offerSlot, ...slots] = await vault.allocate(1 + count);
    if (offerSlot === undefined) throw new ToxAsyncError('ErrStore', 'The vault returned no slot.');
    this.#makeRoom(writes, peer, count);
    this.#budget.spend(peer, count);
    const batch = this.unusedNumber(peer);
    const order = this.#batches.nextOrder();
    const seed = random.bytes(SEED_BYTES);
    const keys = slots.map((slot, i): IssuedKey => {
      const made = makeKey(crypto, slot, { seed, batch, index: i + 1 });
      return { ...made, tag: prekeyTag(crypto, made.publicKey), peer, order };
    });
    const exchange = encodeExchange(crypto, {
      from: identity,
      to: peer,
      batch,
      valid: limits.maxPreKeyAge,
      timestamp: timestamp(),
      seed,
      keys: keys.map(({ index, publicKey }) => ({ index, publicKey })),
    });
    crypto.wipe(seed);
    const now = ages.now();
    const offer = sealOffer(crypto, offerSlot, exchange);
    const record = { order, offer, acknowledged: false, createdAt: now, sentAt: now, ...how };
    this.#batches.add(writes, peer, record, keys);
    return { batch, exchange };
  }

  /** 24 random bits, never 0 and not in use with this peer. */
  unusedNumber(peer: PublicKey): number {
    for (;;) {
      const batch = readBatchKey(this.#o.random.bytes(3));
      if (batch !== 0 && this.#batches.find(peer, batch) === undefined) return batch;
    }
  }

  /** Before each sending: its keys are erased this long after the last one. */
  markSent(writes: WriteBatch, peer: PublicKey, batch: number): void {
    this.#batches.update(writes, peer, batch, { sentAt: this.#o.ages.now() });
  }

  /** With the mail that carries it, of one that exists. */
  markMailed(writes: WriteBatch, peer: PublicKey, batch: number): void {
    this.#batches.update(writes, peer, batch, { sentAt: this.#o.ages.now(), mailed: true });
  }

  /** True when `digest` (SHA-256(exchange)[:16]) is of the batch that waits for its acknowledgement. */
  acknowledge(writes: WriteBatch, peer: PublicKey, batch: number, digest: Uint8Array): boolean {
    const { crypto } = this.#o;
    const exchange = this.#offerOf(this.#batches.find(peer, batch))?.exchange;
    if (exchange === undefined) return false;
    const isSame = sameBytes(crypto.sha256(exchange).subarray(0, 16), digest);
    crypto.wipe(exchange);
    if (isSame) this.#confirm(writes, peer, batch);
    return isSame;
  }

  /** The same, from a receipt of the mail that brought the batch. */
  acknowledgeMailed(writes: WriteBatch, peer: PublicKey, batch: number): void {
    if (this.isPending(peer, batch)) this.#confirm(writes, peer, batch);
  }

  /** The peer refused the batch: its keys are erased; the next one has another number. */
  refuse(writes: WriteBatch, peer: PublicKey, batch: number): boolean {
    const found = this.#batches.find(peer, batch);
    if (found === undefined || found.record.acknowledged) return false;
    this.#eraseUnused(writes, peer, found);
    return true;
  }

  /** These keys of one peer opened messages: they die with `writes`, and their batches count as acknowledged. */
  consume(writes: WriteBatch, keys: readonly IssuedKey[]): void {
    const [first] = keys;
    if (first === undefined) return;
    const { peer } = first;
    for (const batch of new Set(keys.map((key) => key.batch))) {
      const found = this.#batches.find(peer, batch);
      if (found === undefined) continue;
      if (!found.record.acknowledged) this.#confirm(writes, peer, batch);
      const dead = keys.filter((key) => key.batch === batch);
      this.#batches.erase(writes, peer, found, dead);
      writes.afterCommit(() => {
        this.#stocks.change(peer, -dead.length);
        this.#budget.giveBack(peer, dead.length);
      });
    }
  }

  /** Erases batches and closes exchanges whose time is over. @returns the age of the next; Infinity: there is none */
  expire(writes: WriteBatch): number {
    const now = this.#o.ages.now();
    let next = this.#erased.expire(writes);
    for (const peer of this.#batches.peers()) {
      for (const issued of this.#batches.of(peer)) {
        const { erasedAt, closedAt } = endsOf(issued.record, this.#o.limits);
        if (erasedAt <= now) this.#batches.erase(writes, peer, issued);
        else if (closedAt <= now) this.#batches.closeOffer(writes, peer, issued.batch);
        next = Math.min(next, ...[erasedAt, closedAt].filter((at) => at > now));
      }
    }
    return next;
  }

  /** After a loss of the vault: keys without a secret are dead, and the next state says so. */
  dropUnreadable(writes: WriteBatch): void {
    for (const peer of this.#batches.peers()) {
      for (const issued of this.#batches.of(peer)) {
        const lost = [...issued.keys.values()].filter((key) => !canReadSecrets(this.#o, key));
        if (lost.length > 0 || issued.keys.size === 0) this.#batches.erase(writes, peer, issued, lost);
        const isAlive = lost.length < issued.keys.size;
        if (isAlive && issued.record.offer !== undefined && this.#offerOf(issued) === undefined)
          this.#batches.closeOffer(writes, peer, issued.batch);
        this.#erased.add(writes, peer, lost);
      }
    }
  }

  /** Erases everything issued to a peer who is no longer a friend. */
  forget(writes: WriteBatch, peer: PublicKey): void {
    for (const issued of this.#batches.of(peer)) this.#batches.erase(writes, peer, issued);
    this.#erased.forget(writes, peer);
    writes.afterCommit(() => {
      this.#batches.forget(peer);
      this.#budget.forget(peer);
      this.#stocks.forget(peer);
    });
  }

  /** At the caps the oldest batches are erased, as many as a new one of `count` keys needs. */
  #makeRoom(writes: WriteBatch, peer: PublicKey, count: number): void {
    const { maxLiveKeysPerPeer, maxLiveBatchesPerPeer } = this.#o.limits;
    const oldestFirst = this.#batches.of(peer);
    let room = maxLiveKeysPerPeer - this.liveCount(peer);
    let places = maxLiveBatchesPerPeer - oldestFirst.length;
    for (const oldest of oldestFirst) {
      if (room >= count && places >= 1) return;
      room += oldest.keys.size;
      places += 1;
      this.#eraseUnused(writes, peer, oldest);
    }
  }

  #eraseUnused(writes: WriteBatch, peer: PublicKey, issued: IssuedBatch): void {
    this.#erased.add(writes, peer, [...issued.keys.values()]);
    this.#batches.erase(writes, peer, issued);
  }

  #confirm(writes: WriteBatch, peer: PublicKey, batch: number): void {
    const size = this.#batches.find(peer, batch)?.keys.size ?? 0;
    this.#batches.closeOffer(writes, peer, batch, { acknowledged: true });
    writes.afterCommit(() => this.#stocks.change(peer, size));
  }

  /** The exchange of a batch that waits; undefined when its slot is lost. */
  #offerOf(issued: IssuedBatch | undefined): Offer | undefined {
    const exchange = openOffer(this.#o, issued?.record.offer);
    return issued && exchange && { batch: issued.batch, exchange };
  }
}
