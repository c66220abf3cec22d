import { ToxAsyncError } from '../../errors';
import type { Clock } from '../../platform/clock';
import type { Timer, Timers } from '../../platform/timers';
import type { CodeWord } from '../../protocol/codes';
import type { SessionMessage } from '../../protocol/session/message-kinds';
import { MAX_LIST_ITEMS } from '../../protocol/session/storage-bodies';
import type { MessageStorage } from '../message-storage';
import { TokenBuckets } from '../../platform/token-bucket';
import type { Logger, PublicKey } from '../../types';
import { MailHints } from './mail-hints';
import { fetchedNothing, refusalsOf, type StorageRequest } from './refusals';
import { WakeUps } from './wake-ups';
import { WorkLimit } from '../../platform/work-limit';

/** The sessions with peers, as far as this service needs them. */
export interface StorageSessions {
  /** Queues a message for a peer with a session. */
  send(peer: PublicKey, message: SessionMessage): void;
  hasSession(peer: PublicKey): boolean;
}

export interface StorageServiceOptions {
  readonly storage: MessageStorage;
  readonly sessions: StorageSessions;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Logger;
  /** Mail waits here for a recipient without a session: at most once in 10 minutes for each. */
  readonly onMailWaiting?: (recipient: PublicKey, waiting: number) => void;
  /** Seconds between sweeps (specification: an hour); the disk's free space is read again when it is older. */
  readonly sweepSeconds?: number;
  /** Requests of one peer that may be in work; further ones are answered `busy`. */
  readonly maxInWork?: number;
  /** Lists, fetches and deletes one peer may make at once, and a second after that. Stores have their own limit. */
  readonly readBurst?: number;
  readonly readsPerSecond?: number;
}

const DEFAULTS = {
  onMailWaiting: () => undefined,
  sweepSeconds: 3600,
  maxInWork: 64,
  readBurst: 500,
  readsPerSecond: 100,
};
/** A peer must not be able to fill the log. */
const QUIET_MS = 60_000;
/** The field of a hint has two bytes. */
const MOST_COUNTED = 0xffff;

/**
 * The storage node towards its peers (docs/PROTOCOL.md, sealed messages): answers store, list, fetch and delete,
 * the last three only ever for the mailbox of the session's own peer, and tells a recipient with a session that
 * mail came. Sweeps every hour while mail lies here, and reads the disk's free space then and for deposits.
 */
export class StorageService {
  readonly #options: Required<StorageServiceOptions>;
  readonly #storage: MessageStorage;
  readonly #hints: MailHints;
  readonly #wakeUps: WakeUps;
  readonly #reads: TokenBuckets;
  readonly #inWork: WorkLimit;
  readonly #tasks = new Set<Promise<void>>();
  #sweepTimer: Timer | undefined;
  #stopped = new AbortController();
  #running = false;
  #stopMail: () => void = () => undefined;
  /** When the disk's free space was last asked for, monotonic milliseconds. */
  #measuredAt = -Infinity;
  /** Before this moment of the monotonic clock no further failure is logged. */
  #quietUntil = 0;

  constructor(options: StorageServiceOptions) {
    this.#options = { ...DEFAULTS, ...options };
    const { storage, timers, clock, maxInWork, readBurst, readsPerSecond } = this.#options;
    this.#storage = storage;
    this.#inWork = new WorkLimit(maxInWork);
    this.#hints = new MailHints(timers, (recipient) => this.#tellOfMail(recipient));
    this.#wakeUps = new WakeUps(timers, (recipient) => this.#tellOwner(recipient));
    this.#reads = new TokenBuckets({ burst: readBurst, perSecond: readsPerSecond }, clock);
  }

  /** Begins to answer, and sweeps at once. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#stopMail = this.#storage.onMail((recipient) => this.#mailCame(recipient));
    this.#stopped = new AbortController();
    this.#sweep();
  }

  /** Answers `busy` from now on and resolves when everything under way is done. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#stopped.abort();
    this.#sweepTimer?.cancel();
    this.#sweepTimer = undefined;
    await Promise.all(this.#tasks);
    this.#stopMail();
    this.#hints.stop();
    this.#wakeUps.stop();
  }

  /** Answers one request of a session's peer. Never throws: what fails inside is answered `busy`. */
  handle(peer: PublicKey, request: StorageRequest): void {
    if (!this.#running || this.#isOverReadRate(peer, request) || !this.#begin(peer, request)) {
      this.#refuse(peer, request, 'busy');
    }
  }

  #begin(peer: PublicKey, request: StorageRequest): boolean {
    return this.#inWork.begin(peer, () =>
      this.#track(async () => {
        try {
          await this.#answer(peer, request);
        } catch (error) {
          this.#report('A request to this storage node failed', error);
          this.#refuse(peer, request, 'busy');
        }
      }),
    );
  }

  /** The peer is no longer a friend. */
  forget(peer: PublicKey): void {
    this.#reads.forget(peer);
    this.#wakeUps.forget(peer);
  }

  #isOverReadRate(peer: PublicKey, request: StorageRequest): boolean {
    return request.kind !== 'store' && this.#reads.take(peer) > 0;
  }

  async #answer(peer: PublicKey, message: StorageRequest): Promise<void> {
    const { request } = message;
    switch (message.kind) {
      case 'store': {
        const { clock, sweepSeconds } = this.#options;
        if (clock.monotonic() - this.#measuredAt >= sweepSeconds * 1000)
          void this.#track(() => this.#measure());
        const answer = await this.#storage.tryStore(peer, message.envelope, message.remaining);
        const { code, storageId } = answer;
        const kept = 'kept' in answer ? answer.kept : 0;
        // Mail for a friend of another node of the fleet comes without a word of `onMail`.
        if (code === 'ok') this.#sweepLater();
        const wait = 'wait' in answer ? Math.min(answer.wait, 0xffff) : 0;
        this.#send(peer, { kind: 'store-answer', request, code, storageId, kept, wait });
        return;
      }
      case 'list': {
        if (message.max < 1) {
          this.#refuse(peer, message, 'bad-request');
          return;
        }
        const max = Math.min(message.max, MAX_LIST_ITEMS);
        const { items, more } = await this.#storage.retrieveMessages(peer, message.after, max);
        this.#send(peer, { kind: 'list-answer', request, code: 'ok', more, items });
        return;
      }
      case 'fetch': {
        if (message.storageIds.length === 0) {
          this.#refuse(peer, message, 'bad-request');
          return;
        }
        for (const [position, storageId] of message.storageIds.entries()) {
          await this.#fetch(peer, request, position, storageId);
        }
        return;
      }
      case 'delete': {
        const deleted = await Promise.all(message.storageIds.map((id) => this.#delete(peer, id)));
        const count = deleted.filter(Boolean).length;
        this.#send(peer, { kind: 'delete-answer', request, code: 'ok', deleted: count });
        return;
      }
    }
  }

  async #fetch(peer: PublicKey, request: number, position: number, storageId: Uint8Array): Promise<void> {
    try {
      const { age, envelope } = await this.#storage.getMessage(peer, storageId);
      this.#send(peer, { kind: 'fetched', request, position, code: 'ok', age, envelope });
    } catch (error) {
      const isGone = ToxAsyncError.is(error, 'ErrMessageNotFound');
      if (!isGone) this.#report('A request to this storage node failed', error);
      this.#send(peer, fetchedNothing(request, position, isGone ? 'not-found' : 'busy'));
    }
  }

  /** False when it was not there. */
  async #delete(peer: PublicKey, storageId: Uint8Array): Promise<boolean> {
    try {
      await this.#storage.deleteMessage(storageId, peer);
      return true;
    } catch (error) {
      if (ToxAsyncError.is(error, 'ErrMessageNotFound')) return false;
      throw error;
    }
  }

  #refuse(peer: PublicKey, message: StorageRequest, code: CodeWord): void {
    for (const refusal of refusalsOf(message, code)) this.#send(peer, refusal);
  }

  /** The peer may have left by now; then nobody waits for the answer. */
  #send(peer: PublicKey, message: SessionMessage): void {
    try {
      if (this.#options.sessions.hasSession(peer)) this.#options.sessions.send(peer, message);
    } catch (error) {
      this.#report('An answer from this storage node could not be sent', error);
    }
  }

  #mailCame(recipient: PublicKey): void {
    this.#hints.mailCame(recipient);
    if (!this.#options.sessions.hasSession(recipient)) this.#wakeUps.mailCame(recipient);
    this.#sweepLater();
  }

  #tellOwner(recipient: PublicKey): void {
    const waiting = this.#storage.countWaiting(recipient);
    if (waiting > 0 && !this.#options.sessions.hasSession(recipient))
      this.#options.onMailWaiting(recipient, waiting);
  }

  /** False when the recipient has no session: it asks by itself when it comes. */
  #tellOfMail(recipient: PublicKey): boolean {
    try {
      if (!this.#options.sessions.hasSession(recipient)) return false;
      const waiting = Math.min(this.#storage.countWaiting(recipient), MOST_COUNTED);
      if (waiting === 0) return false;
      this.#options.sessions.send(recipient, { kind: 'mail', waiting });
      return true;
    } catch (error) {
      this.#report('A hint that mail arrived could not be sent', error);
      return false;
    }
  }

  #sweep(): void {
    const { signal } = this.#stopped;
    void this.#track(async () => {
      await this.#measure();
      try {
        if (!signal.aborted) await this.#storage.cleanupExpiredMessages(signal);
      } catch (error) {
        this.#report('Expired mail could not be deleted', error);
      }
      // An engine that does not work cannot say what lies there.
      const { totalMessages, trouble } = this.#storage.getStorageStats();
      if (totalMessages > 0 || trouble !== undefined) this.#sweepLater();
    });
  }

  #sweepLater(): void {
    if (!this.#running) return;
    const { timers, sweepSeconds } = this.#options;
    this.#sweepTimer ??= timers.after(sweepSeconds * 1000, () => {
      this.#sweepTimer = undefined;
      this.#sweep();
    });
  }

  async #measure(): Promise<void> {
    this.#measuredAt = this.#options.clock.monotonic();
    try {
      await this.#storage.updateCapacity();
    } catch (error) {
      this.#report('The free disk space could not be read', error);
    }
  }

  #track(work: () => Promise<void>): Promise<void> {
    const task = work().finally(() => this.#tasks.delete(task));
    this.#tasks.add(task);
    return task;
  }

  /** Names no peer: no record is kept of who asked for what (docs/SPECIFICATION.md#privacy-protection). */
  #report(what: string, error: unknown): void {
    const now = this.#options.clock.monotonic();
    if (now < this.#quietUntil) return;
    this.#quietUntil = now + QUIET_MS;
    const why = error instanceof ToxAsyncError ? `${error.code}: ${error.message}` : 'unexpected error';
    this.#options.log.warn(`${what} (${why}). Further failures are not logged for a minute.`);
  }
}
