import { setImmediate } from 'node:timers/promises';
import {
  fleetInFile,
  FriendRequests,
  OutcomeTally,
  systemPlatform,
  toHex,
  ToxAsyncError,
  type AsyncManager,
  type AsyncManagerOptions,
  type Logger,
  type Random,
  type Timers,
} from '../../lib/index';
import { FirstMinute } from './first-minute';
import { syncFriends } from './friends/friend-list';
import { InboxFanOut } from './inbox-fan-out';
import { Latch } from '../runtime/handlers/latch';
import { nodeError } from '../runtime/node-error';
import { OutcomeRouter } from './outcome-router';
import { untilDone } from '../runtime/handlers/retry';
import type { SessionManager } from './session-manager';
import type { SessionSettings } from './session-settings';
import { SignalList } from '../runtime/handlers/signal-list';
import { TransportSlot } from './network/transport-slot';

/** What a session needs from the registry that keeps it. */
export interface SessionHost<M extends SessionManager = AsyncManager> {
  readonly timers: Timers;
  readonly random: Random;
  readonly create: (options: AsyncManagerOptions) => Promise<M>;
  /** Resolves when sessions that are on their way out have released what they held. */
  readonly othersClosed: () => Promise<void>;
  /** False when another session of this process has the identity. */
  readonly claimIdentity: (publicKey: string, session: Session<M>) => boolean;
}

/**
 * The session of one storage-node, which lives on while its node instance is replaced by a redeploy. It opens its
 * data directory at once, keeps trying when that fails, and begins with the network when the flows have started.
 */
export class Session<M extends SessionManager = AsyncManager> {
  readonly settings: SessionSettings;
  readonly inbox: InboxFanOut;
  readonly outcomes = new OutcomeRouter();
  readonly transport: TransportSlot;
  /** The state of the session, or one of its counts, changed. */
  readonly changed = new SignalList((error) => this.log.error(error.message));
  readonly tally = new OutcomeTally();
  /** Who asks to be a friend, for a person to decide. */
  readonly requests = new FriendRequests(() => this.changed.emit());
  /** See FirstMinute. */
  readonly firstMinute: FirstMinute;
  /** The log of the node instance that is there now. */
  log: Logger;
  /** The same for what outlives a node instance. */
  readonly lastingLog: Logger = {
    debug: (text) => this.log.debug(text),
    info: (text) => this.log.info(text),
    warn: (text) => this.log.warn(text),
    error: (text) => this.log.error(text),
  };

  readonly #host: SessionHost<M>;
  readonly #ending = new AbortController();
  readonly #opening: Promise<M | undefined>;
  readonly #tried = new Latch();
  #manager: M | undefined;
  #failure: Error | undefined;
  #badFriends: readonly Error[] = [];
  #started = false;
  #closing: Promise<void> | undefined;
  #closingStep = 'the start';

  constructor(settings: SessionSettings, log: Logger, host: SessionHost<M>) {
    this.settings = settings;
    this.log = log;
    this.#host = host;
    this.inbox = new InboxFanOut((error) => this.log.error(nodeError(error).message));
    this.transport = new TransportSlot(host.timers, (error) => this.log.error(nodeError(error).message));
    this.firstMinute = new FirstMinute(host.timers, this.changed);
    this.#opening = untilDone(() => this.#open(), {
      platform: host,
      signal: this.#ending.signal,
      onFailure: (error, wait) => this.#failed(error, wait),
    });
  }

  /** The open session; undefined while it opens, has failed or is closed. */
  get open(): M | undefined {
    return this.#manager;
  }

  /** Why the last attempt to open failed; the next one follows by itself. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** What keeps the session from opening, or the open one from taking anything new. */
  get trouble(): Error | undefined {
    return this.#manager === undefined ? this.#failure : this.#manager.problem;
  }

  /** What is wrong with entries of the friends list; the other entries count. */
  get badFriends(): readonly Error[] {
    return this.#badFriends;
  }

  get closed(): boolean {
    return this.#ending.signal.aborted;
  }

  /** The open session, waited for while it opens the first time. Rejects with what keeps it from opening. */
  async manager(): Promise<M> {
    await this.#tried.opened;
    if (this.#manager !== undefined) return this.#manager;
    throw this.#failure ?? closedError();
  }

  /** The open session, however long that takes. ErrClosed. */
  async opened(): Promise<M> {
    await this.#opening;
    if (this.#manager === undefined) throw closedError();
    return this.#manager;
  }

  /** The flows have started: network and hand-over begin. Safe to call again. */
  async start(): Promise<void> {
    this.#started = true;
    await this.#manager?.start();
  }

  /** Finishes what is in flight and releases the data directory. Safe to call again. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** What its close is doing now, in words. */
  get closingStep(): string {
    return this.#closingStep;
  }

  async #close(): Promise<void> {
    this.#ending.abort();
    this.firstMinute.end();
    this.#tried.open();
    this.#closingStep = 'opening the data directory';
    const manager = await this.#opening;
    this.#manager = undefined;
    this.#closingStep = 'ending the connection to the network';
    await this.transport.close();
    this.#closingStep = 'finishing what is in flight and closing the data directory';
    await manager?.stop();
    this.changed.emit();
  }

  async #open(): Promise<M> {
    // A deploy replaces several sessions in one turn; one may want the directory that another gives up.
    await setImmediate();
    // A session that closes by now is among those that would be waited for.
    this.#checkOpen();
    await this.#host.othersClosed();
    this.#checkOpen();
    const {
      dataDir,
      engine,
      befriendOpenNodes,
      storageRole,
      storageCapBytes,
      mailDatabase,
      fleet,
      passphrase,
      startNew,
      profile,
      friends,
    } = this.settings;
    const log = this.lastingLog;
    const manager = await this.#host.create({
      dataDir,
      engine,
      befriendOpenNodes,
      storageRole,
      storageCapBytes,
      ...(mailDatabase === undefined ? {} : { mailDatabase }),
      ...(fleet === undefined ? {} : { fleet: await fleetInFile(systemPlatform.disk, fleet) }),
      ...(passphrase === undefined ? {} : { passphrase }),
      ...(startNew === undefined ? {} : { startNew }),
      ...(profile === undefined ? {} : { profile }),
      log,
    });
    try {
      if (!this.#host.claimIdentity(toHex(manager.publicKey), this)) throw identityInUse();
      this.#badFriends = await syncFriends(manager, friends);
      // Before the start, which tells the outcomes that nobody heard before a crash.
      this.#listen(manager);
      if (this.#started) await manager.start();
    } catch (error) {
      await manager.stop();
      throw error;
    }
    this.#manager = manager;
    this.#failure = undefined;
    this.#tried.open();
    this.inbox.attach(manager);
    this.changed.emit();
    return manager;
  }

  #checkOpen(): void {
    if (this.closed) throw closedError();
  }

  #listen(manager: M): void {
    manager.events.on('outcome', (outcome) => {
      this.tally.note(outcome);
      this.outcomes.route(outcome);
    });
    manager.events.on('friends-changed', () => this.inbox.refresh());
    for (const event of ['changed', 'transport-status', 'friend-status', 'friends-changed'] as const) {
      manager.events.on(event, () => this.changed.emit());
    }
  }

  #failed(error: Error, wait: number): void {
    this.#failure = error;
    this.#tried.open();
    this.log.info(
      `The session could not be opened. The next attempt is in ${Math.ceil(wait / 1000)} s. ${error.message}`,
    );
    this.changed.emit();
  }
}

function closedError(): ToxAsyncError {
  return new ToxAsyncError(
    'ErrClosed',
    'The session is closed because its storage-node was removed or changed.',
  );
}

function identityInUse(): ToxAsyncError {
  return new ToxAsyncError(
    'ErrIdentityInUse',
    'Another session has the same identity. Give each one its own data directory, not a copy.',
  );
}
