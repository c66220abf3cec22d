import type { CryptoProvider } from '../crypto/provider';
import { ToxAsyncError } from '../errors';
import type { Clock } from '../platform/clock';
import type { Random } from '../platform/random';
import { sleep, type Timers } from '../platform/timers';
import { ENVELOPE_SIZES } from '../protocol/envelope/envelope';
import type { PublicKey, StorageRole } from '../types';
import type { StorageFleet } from './fleet/storage-fleet';
import { FriendMailboxes } from './friend-mailboxes';
import { isIntact } from './intact-mail';
import { MailAdmission } from './mail-admission';
import {
  type EngineStats,
  type MailPage,
  type MessageEngine,
  type StoredMail,
  troubleIn,
} from './message-engine';
import { onDisk } from './storage-capacity';
import { STORAGE_LIMITS, type StorageLimits } from './storage-limits';
import { isStored, refusalError, type StoreAnswer, type Stored, type StoreRefusal } from './store-answer';

/** What a MessageStorage needs. */
export interface MessageStorageOptions {
  readonly engine: MessageEngine;
  readonly crypto: CryptoProvider;
  readonly random: Random;
  readonly clock: Clock;
  readonly timers: Timers;
  /** StorageCapacity, or another source of the same figures. */
  readonly capacity: {
    readonly messages: number;
    readonly bytes: number;
    readonly freeBytes?: number | undefined;
    update(): Promise<void>;
  };
  /** Whom this node stores mail for; `setFriends` changes it. */
  readonly friends: Iterable<PublicKey>;
  readonly role: StorageRole;
  /** False while the local disk is nearly full. */
  readonly hasRoom?: () => boolean;
  readonly limits?: Partial<StorageLimits>;
  /** One more message is kept that was not before. */
  readonly onKept?: () => void;
  /** The fleet to which this node belongs; `engine` is the one that its nodes share. */
  readonly fleet?: StorageFleet;
}

/** What a storage node holds, as far as memory can answer. */
export interface StorageStats {
  readonly totalMessages: number;
  /** Bytes that these take on the disk, records included, reckoned. */
  readonly bytes: number;
  /** Messages. */
  readonly storageCapacity: number;
  readonly capacityBytes: number;
  /** Free on the volume, as last read; absent until then. */
  readonly freeBytes?: number;
  /** Percent; the larger one of messages and bytes. */
  readonly utilization: number;
  /** Stores refused since the start, by reason. */
  readonly refusals: Readonly<Record<StoreRefusal, number>>;
  /** What is wrong with where it lies, and what to do; absent when all is well. */
  readonly trouble?: string;
}

/**
 * The policy of a storage node (docs/SPECIFICATION.md#storage-protocol; docs/PROTOCOL.md, "Storage service"): for whom
 * mail is kept, how much from whom, how long. Nothing is deleted before its time to make room.
 */
export class MessageStorage {
  readonly #options: MessageStorageOptions;
  readonly #engine: MessageEngine;
  readonly #limits: StorageLimits;
  readonly #friends: FriendMailboxes;
  readonly #admission: MailAdmission;
  readonly #refusals: Record<StoreRefusal, number> = {
    off: 0,
    'bad-request': 0,
    'no-mailbox': 0,
    rate: 0,
    'mailbox-share': 0,
    'node-share': 0,
    'node-full': 0,
  };
  #sweep: Promise<number> | undefined;

  constructor(options: MessageStorageOptions) {
    this.#options = options;
    this.#engine = options.engine;
    this.#limits = { ...STORAGE_LIMITS, ...options.limits };
    this.#friends = new FriendMailboxes(options.crypto, options.friends);
    const { hasRoom = () => true } = options;
    const role = () => this.role;
    this.#admission = new MailAdmission({ ...options, role, hasRoom }, this.#friends, this.#limits);
    this.#tellFleet(options.friends);
  }

  /** `off` as long as the engine has never been ready: then this node takes no mail. */
  get role(): StorageRole {
    const health = this.#engine.health();
    return health.state === 'down' && !health.wasReady ? 'off' : this.#options.role;
  }

  /** Hears of each change of the `trouble` in `getStorageStats`. Gives what ends it. */
  onHealth(listener: () => void): () => void {
    return this.#engine.onHealth(listener);
  }

  /** Hears of each friend for whom mail arrived, at whichever node shares the engine. Gives what ends it. */
  onMail(listener: (recipient: PublicKey) => void): () => void {
    return this.#engine.onMail((mailbox) => {
      const recipient = this.#friends.friendOf(mailbox);
      if (recipient) listener(recipient);
    });
  }

  /** From now on mail is taken for these; what is stored for others stays until its time is over. */
  setFriends(friends: Iterable<PublicKey>): void {
    this.#friends.replace(friends);
    this.#admission.forgetOthers();
    this.#tellFleet(friends);
  }

  /**
   * Keeps an envelope for min(`remaining`, maxStorageTime) seconds.
   * @param remaining seconds the message has left to live
   * @throws ErrMessageTooLarge, ErrMessageExpired, ErrMalformed, ErrInvalidRecipient, ErrRateLimited, ErrStorageFull (also when the
   * submitter's share is used up), ErrRefused (the node is switched off), ErrStore, ErrClosed
   */
  async storeMessage(submitterPk: PublicKey, envelope: Uint8Array, remaining: number): Promise<Stored> {
    const answer = await this.tryStore(submitterPk, envelope, remaining);
    if (isStored(answer)) return answer;
    if (envelope.length > Math.max(...ENVELOPE_SIZES)) {
      throw new ToxAsyncError('ErrMessageTooLarge', 'The envelope is larger than any allowed size.');
    }
    if (answer.code === 'bad-request' && remaining < 1) {
      throw new ToxAsyncError('ErrMessageExpired', 'The message has expired. Send it again.');
    }
    throw refusalError(answer);
  }

  /**
   * The same with a refusal as an answer, as it travels to a peer.
   * @throws ErrStore, ErrClosed
   */
  async tryStore(submitterPk: PublicKey, envelope: Uint8Array, remaining: number): Promise<StoreAnswer> {
    const answer = await this.#admission.admit(submitterPk, envelope, remaining);
    if (!isStored(answer)) this.#refusals[answer.code] += 1;
    else if (answer.code === 'ok') this.#options.onKept?.();
    return answer;
  }

  /** Mail after `after` (a cursor; 0: from the start), oldest first. @throws ErrInvalidRecipient, ErrStore */
  async retrieveMessages(recipientPk: PublicKey, after = 0, max = 64): Promise<MailPage> {
    return this.#engine.page(this.#mailboxOf(recipientPk), after, max);
  }

  /** @throws ErrMessageNotFound (also when the disk spoiled it), ErrInvalidRecipient, ErrStore */
  async getMessage(recipientPk: PublicKey, storageId: Uint8Array): Promise<StoredMail> {
    const mail = await this.#engine.get(this.#mailboxOf(recipientPk), storageId);
    if (!mail || !isIntact(this.#options.crypto, mail)) throw notFound();
    return mail;
  }

  /** @throws ErrMessageNotFound, ErrInvalidRecipient, ErrStore */
  async deleteMessage(storageId: Uint8Array, recipientPk: PublicKey): Promise<void> {
    if (!(await this.#engine.delete(this.#mailboxOf(recipientPk), storageId))) throw notFound();
  }

  /**
   * Messages that wait for a recipient, of one submitter or (without it) of all; may include some whose time has just
   * passed. Whose messages those of earlier runs are, nobody knows.
   */
  countWaiting(recipientPk: PublicKey, submitterPk?: PublicKey): number {
    const mark = submitterPk && this.#admission.markOf(submitterPk);
    return this.#engine.countInMailbox(this.#mailboxOf(recipientPk), mark);
  }

  /**
   * Deletes what is past its time, in slices between which others work; gives how many. One sweep runs at a time;
   * an aborted one ends after its slice.
   * @throws ErrStore
   */
  cleanupExpiredMessages(signal?: AbortSignal): Promise<number> {
    this.#sweep ??= this.#sweepAll(signal).finally(() => {
      this.#sweep = undefined;
    });
    return this.#sweep;
  }

  /** Messages. */
  getMaxCapacity(): number {
    return this.#options.capacity.messages;
  }

  /** Reads the disk again. @throws ErrStore; the last figures stay */
  updateCapacity(): Promise<void> {
    return this.#options.capacity.update();
  }

  /** Percent; the larger one of messages and bytes. */
  getStorageUtilization(): number {
    const { messages, bytes } = onDisk(this.#engine.total());
    const { capacity } = this.#options;
    return 100 * Math.max(messages / capacity.messages, bytes / capacity.bytes);
  }

  /** What memory can answer about what lies here. */
  getStorageStats(): StorageStats {
    const { messages, bytes } = this.#engine.total();
    const { capacity } = this.#options;
    const trouble = troubleIn(this.#engine.health());
    return {
      totalMessages: messages,
      bytes: onDisk({ messages, bytes }).bytes,
      storageCapacity: capacity.messages,
      capacityBytes: capacity.bytes,
      ...(capacity.freeBytes !== undefined && { freeBytes: capacity.freeBytes }),
      utilization: this.getStorageUtilization(),
      refusals: { ...this.#refusals },
      ...(trouble !== undefined && { trouble }),
    };
  }

  /** What only the engine can answer: also the number of mailboxes and the oldest age. @throws ErrStore, ErrClosed */
  getEngineStats(): Promise<EngineStats> {
    return this.#engine.stats();
  }

  /** Mail for them is taken at all nodes of the fleet. */
  #tellFleet(friends: Iterable<PublicKey>): void {
    const { fleet } = this.#options;
    if (fleet === undefined) return;
    const mailboxes = [...friends].map((friend) => ({
      mailbox: this.#friends.mailboxOf(friend),
      mark: this.#admission.markOf(friend),
    }));
    fleet.friends.replaceOwn(mailboxes);
  }

  async #sweepAll(signal?: AbortSignal): Promise<number> {
    let total = 0;
    for (;;) {
      const swept = await this.#engine.expire(this.#limits.sweepSlice);
      total += swept;
      if (swept < this.#limits.sweepSlice || signal?.aborted) return total;
      await sleep(this.#options.timers, 0, signal);
    }
  }

  #mailboxOf(recipientPk: PublicKey): Uint8Array {
    if (recipientPk.length !== 32) {
      throw new ToxAsyncError('ErrInvalidRecipient', 'A public key must have 32 bytes.');
    }
    return this.#friends.mailboxOf(recipientPk);
  }
}

function notFound(): ToxAsyncError {
  return new ToxAsyncError('ErrMessageNotFound', 'This mailbox has no such message. It may have expired.');
}
