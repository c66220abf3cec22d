import { sameBytes } from '../bytes';
import type { CryptoProvider } from '../crypto/provider';
import { ToxAsyncError } from '../errors';
import type { Clock } from '../platform/clock';
import type { Random } from '../platform/random';
import { isEnvelopeSize, readEnvelopeHeader } from '../protocol/envelope/envelope';
import { storageIdOf } from '../protocol/names';
import type { PublicKey, StorageRole } from '../types';
import type { StorageFleet } from './fleet/storage-fleet';
import type { FriendMailboxes } from './friend-mailboxes';
import { isIntact } from './intact-mail';
import { KeyedQueue } from '../platform/queues/keyed-queue';
import { judgeMail, type MailLimits, type MailVerdict } from './mail-limits';
import type { MailUsage, MessageEngine, NewMail, PutAnswer } from './message-engine';
import type { StorageLimits } from './storage-limits';
import type { Refused, StoreAnswer, StoreRefusal } from './store-answer';
import { SubmitterMarks } from './submitter-marks';
import { TokenBuckets } from '../platform/token-bucket';

export interface MailAdmissionOptions {
  readonly engine: MessageEngine;
  readonly crypto: CryptoProvider;
  readonly random: Random;
  readonly clock: Clock;
  readonly capacity: MailUsage;
  readonly role: () => StorageRole;
  readonly fleet?: StorageFleet;
  /** False while the local disk is nearly full. */
  readonly hasRoom: () => boolean;
}

/**
 * Whether an envelope is taken: the checks of a storage node, in the order of docs/PROTOCOL.md (storage service).
 * Each is cheaper than the next, and one that fails tells the submitter no more than it knows.
 */
export class MailAdmission {
  readonly #options: MailAdmissionOptions;
  readonly #engine: MessageEngine;
  readonly #friends: FriendMailboxes;
  readonly #limits: StorageLimits;
  readonly #marks: SubmitterMarks;
  readonly #rate: TokenBuckets;
  /** By storage id: two deposits of one envelope at once make one record. */
  readonly #deposits = new KeyedQueue();
  #sweep: Promise<number> | undefined;

  constructor(options: MailAdmissionOptions, friends: FriendMailboxes, limits: StorageLimits) {
    this.#options = options;
    this.#engine = options.engine;
    this.#friends = friends;
    this.#limits = limits;
    this.#marks = new SubmitterMarks(options.crypto, options.random, options.fleet?.marksKey);
    const { storeBurst, storesPerSecond } = limits;
    this.#rate = new TokenBuckets({ burst: storeBurst, perSecond: storesPerSecond }, options.clock);
  }

  /** @throws ErrStore, ErrDatabase, ErrClosed */
  async admit(submitterPk: PublicKey, envelope: Uint8Array, remaining: number): Promise<StoreAnswer> {
    if (this.#options.role() === 'off') return refused('off');
    const mailbox = remaining >= 1 ? mailboxIn(envelope) : undefined;
    if (!mailbox) return refused('bad-request');
    if (!(await this.#isOpen(mailbox))) return refused('no-mailbox');
    const storageId = storageIdOf(this.#options.crypto, envelope);
    const keep = Math.min(Math.floor(remaining), this.#limits.maxStorageTime);
    const recipient = this.#friends.friendOf(mailbox);
    const deposit = { mailbox, storageId, envelope, keep, submitterPk, ...(recipient && { recipient }) };
    try {
      return await this.#deposits.run(storageId, () => this.#deposit(deposit));
    } catch (error) {
      if (ToxAsyncError.is(error, 'ErrLocalStorageFull')) return refused('node-full', storageId);
      throw error;
    }
  }

  /** A friend's, or that of a friend of another node of the fleet. */
  async #isOpen(mailbox: Uint8Array): Promise<boolean> {
    if (this.#friends.friendOf(mailbox) !== undefined) return true;
    return (await this.#options.fleet?.friends.has(mailbox)) ?? false;
  }

  /** How this run names a submitter on the disk. */
  markOf(submitterPk: PublicKey): Uint8Array {
    return this.#marks.markOf(submitterPk);
  }

  /** The friends have changed: what is known of others goes. */
  forgetOthers(): void {
    this.#marks.retain((submitter) => this.#friends.has(submitter));
    this.#rate.retain((peer) => this.#friends.has(peer));
  }

  async #deposit(deposit: Deposit): Promise<StoreAnswer> {
    const { mailbox, storageId, envelope, keep, submitterPk } = deposit;
    const known = await this.#engine.get(mailbox, storageId);
    if (known && isIntact(this.#options.crypto, known)) {
      const renewed = await this.#renew(deposit);
      if (renewed) return renewed;
    }
    // This deposit takes the place of a copy that the disk has spoiled.
    if (known) await this.#engine.delete(mailbox, storageId);
    const wait = this.#rate.take(submitterPk);
    if (wait > 0) return refused('rate', storageId, wait);
    const submitter = this.#marks.markOf(submitterPk);
    const answer = await this.#put(
      { mailbox, storageId, submitter, envelope, keepSeconds: keep },
      submitterPk,
    );
    if (answer === 'stored') return { code: 'ok', storageId, kept: keep, ...recipientOf(deposit) };
    // Another process of a fleet was first.
    if (answer === 'known') return (await this.#renew(deposit)) ?? refused('rate', storageId, 1);
    return refused(answer, storageId);
  }

  async #renew(deposit: Deposit): Promise<StoreAnswer | undefined> {
    const { mailbox, storageId, keep } = deposit;
    const renewed = await this.#engine.renew(mailbox, storageId, keep);
    return renewed && { code: 'known', storageId, kept: renewed.remaining, ...recipientOf(deposit) };
  }

  /** Mail past its time counts until it is swept, and must not cost anybody a place. */
  async #put(mail: NewMail, submitterPk: PublicKey): Promise<PutAnswer> {
    for (let swept = 1; ; swept = await this.#sweepSlice()) {
      const limits = this.#limitsFor(submitterPk);
      const verdict = this.#judge(limits, mail);
      // Nothing is awaited between the verdict and `put`, which counts at once: no limit is overrun by many at once.
      const answer = verdict === 'fits' ? await this.#engine.put(mail, limits) : verdict;
      // Judged again even when nothing was left for this slice: others may have swept in between.
      if (answer === 'stored' || answer === 'known' || swept === 0) return answer;
    }
  }

  /** One slice serves all who wait for room: one for each would be a wave that holds up the event loop. */
  #sweepSlice(): Promise<number> {
    this.#sweep ??= this.#engine.expire(this.#limits.sweepSlice).finally(() => {
      this.#sweep = undefined;
    });
    return this.#sweep;
  }

  /** Costs no look at the disk; the engine has the last word. */
  #judge(limits: MailLimits, mail: NewMail): MailVerdict {
    const verdict = judgeMail(limits, this.#engine, mail);
    return verdict === 'fits' && !this.#options.hasRoom() ? 'node-full' : verdict;
  }

  #limitsFor(submitterPk: PublicKey): MailLimits {
    const { maxMessagesPerRecipient, maxChunksPerRecipient } = this.#limits;
    const { messages, bytes } = this.#options.capacity;
    const mark = this.#marks.markOf(submitterPk);
    return {
      perMailbox: maxMessagesPerRecipient,
      chunksPerMailbox: maxChunksPerRecipient,
      rules: this.#limits,
      capacity: { messages, bytes },
      friends: this.#options.fleet?.friends.count ?? this.#friends.count,
      isFriend: this.#friends.has(submitterPk),
      otherFriends: () => this.#otherFriends(mark),
    };
  }

  *#otherFriends(own: Uint8Array): Generator<Uint8Array> {
    const { fleet } = this.#options;
    if (fleet !== undefined) {
      for (const { mark } of fleet.friends.all()) if (!sameBytes(mark, own)) yield mark;
      return;
    }
    for (const { submitter, mark } of this.#marks.all()) {
      if (mark !== own && this.#friends.has(submitter)) yield mark;
    }
  }
}

interface Deposit {
  readonly mailbox: Uint8Array;
  readonly recipient?: PublicKey;
  readonly storageId: Uint8Array;
  readonly envelope: Uint8Array;
  readonly keep: number;
  readonly submitterPk: PublicKey;
}

function recipientOf({ recipient }: Deposit): Pick<Deposit, 'recipient'> {
  return recipient === undefined ? {} : { recipient };
}

function mailboxIn(envelope: Uint8Array): Uint8Array | undefined {
  if (!isEnvelopeSize(envelope.length)) return undefined;
  try {
    return readEnvelopeHeader(envelope).mailbox;
  } catch (error) {
    if (ToxAsyncError.is(error, 'ErrMalformed', 'ErrUnsupportedVersion')) return undefined;
    throw error;
  }
}

function refused(code: StoreRefusal, storageId: Uint8Array = new Uint8Array(16), wait = 0): Refused {
  return { code, storageId, wait };
}
