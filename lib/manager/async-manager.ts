import type {
  MessageFilter,
  MessageHandler,
  MessageInput,
  PreKeyStats,
  SendOptions,
  SendReceipt,
} from '../client/messages';
import type { MessageType } from '../constants';
import type { ToxAsyncError } from '../errors';
import { exportIdentity } from '../identity/export-identity';
import type { Emitter } from '../platform/emitter';
import type { StorageStats } from '../storage/message-storage';
import type { Transport } from '../transport/transport';
import type { PublicKey } from '../types';
import { buildSession, type ManagerParts } from './session/build-session';
import { diagnose } from './diagnosis/diagnose';
import type { AsyncManagerEvents, Finding } from './events';
import type { HistoryHour } from './history/hour';
import type { AsyncManagerOptions, FriendInfo, SessionCounts } from './options';
import { connectSession } from './session/session-events';
import { countsOf, keyStatsOf } from './session/session-figures';
import { SessionFriends } from './friends/session-friends';
import { sessionControl, type SessionControl } from './session/session-control';
import { SessionLife } from './session/session-life';
import { SessionTransport } from './session/session-transport';
import type { SessionSnapshot, SnapshotOptions } from './snapshot/snapshot';
import { takeSnapshot } from './snapshot/take-snapshot';
import { stopSession } from './session/stop-session';
import { waitForKeys } from './wait-for-keys';

/**
 * The specification's AsyncManager (docs/SPECIFICATION.md#asyncmanager): one identity with its data directory,
 * friends, keys, outbox, inbox and storage role. The only place that knows all the layers.
 */
export class AsyncManager implements AsyncDisposable {
  readonly events: Emitter<AsyncManagerEvents>;
  /** For a Desk (lib/control/desk.ts). */
  readonly control: SessionControl;
  readonly #parts: ManagerParts;
  readonly #transport: SessionTransport;
  readonly #friends: SessionFriends;
  readonly #disconnect: () => void;
  readonly #life = new SessionLife();

  private constructor(parts: ManagerParts, options: AsyncManagerOptions) {
    this.#parts = parts;
    this.events = parts.events;
    this.#transport = new SessionTransport(parts, options.transport, () => this.#friends.adopt());
    this.#friends = new SessionFriends(parts, this.#transport, options);
    this.control = sessionControl(parts, this.#friends);
    this.#disconnect = connectSession(parts, { friendsOfTransport: () => this.#friends.adopt() });
  }

  /**
   * Opens the data directory (its lock, store and vault), and makes an identity if it has none. In a worker thread of
   * yours: stop it before that thread or the process ends, which would else hang where lmdb is within a commit.
   * @throws ErrIdentityInUse, ErrForeignDirectory, ErrIdentityFile, ErrIdentityMismatch, ErrPassphrase,
   * ErrMissingLibrary, ErrLocalStorageFull, ErrStore
   */
  static async create(options: AsyncManagerOptions): Promise<AsyncManager> {
    return new AsyncManager(await buildSession(options), options);
  }

  get publicKey(): PublicKey {
    return this.#parts.identity.keyPair.publicKey;
  }

  /** 76 hexadecimal digits to give to a friend. */
  get toxId(): string {
    return this.#parts.identity.toxId;
  }

  /** The Tox profile, for a transport: `save` makes a newer one durable. Holds the secret key. */
  get profile(): { savedata(): Uint8Array; save(savedata: Uint8Array): Promise<void> } {
    const { identity } = this.#parts;
    return { savedata: () => identity.savedata(), save: (savedata) => identity.saveSavedata(savedata) };
  }

  get providerName(): 'sodium-native' | 'portable' {
    return this.#parts.crypto.name;
  }

  get engineName(): string {
    return this.#parts.directory.store.engine;
  }

  /** Why nothing new is accepted (ErrLocalStorageFull, ErrDirectoryReplaced); it clears once the cause is gone. */
  get problem(): ToxAsyncError | undefined {
    return this.#parts.directory.space.problem();
  }

  /** Starts network, retrieval and hand-over; until then messages are only queued. Idempotent. */
  async start(): Promise<void> {
    if (!this.#life.start(this.#parts.platform)) return;
    this.#parts.service.start();
    await this.#parts.client.start();
    await this.#transport.start();
  }

  /**
   * Stops taking, finishes what is under way, closes the directory and releases its lock. Idempotent. It always ends:
   * what cannot be finished, written or erased within 5 s is left to the next start, and the log says so.
   */
  stop(): Promise<void> {
    return this.#life.stop(() => stopSession(this.#parts, this.#transport, this.#disconnect));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** @throws ErrTransportAttached, ErrIdentityMismatch, ErrTransport */
  async attachTransport(transport: Transport): Promise<void> {
    this.#life.assertOpen();
    await this.#transport.attach(transport);
  }

  detachTransport(): Promise<void> {
    return this.#transport.detach();
  }

  get transportAttached(): boolean {
    return this.#transport.current !== undefined;
  }

  isOnline(): boolean {
    return this.#parts.network.isOnline();
  }

  /** @throws ErrInvalidKey, ErrInvalidRecipient */
  addFriend(publicKey: PublicKey, name?: string): Promise<void> {
    return this.#friends.add(publicKey, name);
  }

  /**
   * Whether a friend who once used this extension and no longer answers may get ordinary messages, which have no forward
   * secrecy. One who never used it needs no permission. @throws ErrUnknownFriend, ErrStore, ErrLocalStorageFull
   */
  allowPlainMessages(publicKey: PublicKey, allowed: boolean): Promise<void> {
    return this.#friends.allowPlain(publicKey, allowed);
  }

  /** Erases the friend's keys and fails the messages waiting for them. */
  removeFriend(publicKey: PublicKey): Promise<void> {
    return this.#friends.remove(publicKey);
  }

  friends(): FriendInfo[] {
    return this.#friends.list();
  }

  /** Who is meant by a name, a public key or a Tox ID. @throws ErrUnknownFriend, ErrAmbiguousFriend, ErrInvalidKey, ErrInvalidToxId */
  resolveFriend(text: string): PublicKey {
    return this.#parts.friends.resolve(text);
  }

  nameOf(publicKey: PublicKey): string | undefined {
    return this.#parts.friends.nameOf(publicKey);
  }

  /** Identity and friends as a Tox profile, never one-time keys or messages. Seal it: it has the secret key. @throws ErrPassphrase it has fewer than 8 characters */
  async exportIdentity(passphrase?: string): Promise<Uint8Array> {
    return exportIdentity(this.#parts, passphrase);
  }

  /**
   * Accepts a message: resolves when it is durable in the outbox; its outcomes follow as events.
   * @param content at most MAX_PAYLOAD_SIZE (262,144) bytes before deflating, text and JSON as UTF-8, without the label
   * @param type of a text; bytes and JSON have none
   * @throws ErrInvalidKey, ErrUnknownFriend, ErrMessageEmpty, ErrMessageTooLarge, ErrMalformed, ErrInvalidArgument,
   * ErrOutboxFull, ErrNoPreKeys, ErrLocalStorageFull, ErrDirectoryReplaced, ErrStore, ErrClosed
   */
  async sendAsyncMessage(
    recipientPk: PublicKey,
    content: MessageInput,
    type?: MessageType,
    options?: SendOptions,
  ): Promise<SendReceipt> {
    this.#life.assertOpen();
    this.#friends.assertFriend(recipientPk);
    return this.#parts.client.sendAsyncMessage(recipientPk, content, type, options);
  }

  /**
   * Ends a message in the outbox with the outcome `cancelled`, and `mayArrive` when a part of it left this process.
   * Durable on return. @returns false when no message to this friend has this id, or it ended
   * @throws ErrUnknownFriend, ErrStore, ErrClosed
   */
  async cancel(friend: PublicKey, messageId: Uint8Array): Promise<boolean> {
    this.#life.assertOpen();
    this.#friends.assertFriend(friend);
    return this.#parts.client.cancel(friend, messageId);
  }

  /** Replaces the handler; messages not taken yet are offered again. */
  setMessageHandler(handler: MessageHandler | undefined, filter?: MessageFilter): void {
    this.#parts.client.setMessageHandler(handler, filter);
  }

  /** Ends a message of this friend whose handler resolved with 'later'. False when there is no such message. */
  async acknowledge(friend: PublicKey, messageId: Uint8Array): Promise<boolean> {
    this.#life.assertOpen();
    return this.#parts.client.acknowledge(friend, messageId);
  }

  /** Friends who have a message with this id in the inbox: an id names a message only together with its friend. */
  sendersOf(messageId: Uint8Array): PublicKey[] {
    return this.#parts.client.sendersOf(messageId);
  }

  /** Asks the nodes for mail now; `again` also hands unacknowledged messages over once more. */
  async retrieve(options?: { again?: boolean }): Promise<void> {
    this.#life.assertOpen();
    await this.#parts.client.retrieve(options);
  }

  /** Fills the friend's stock of our keys, if the friend is connected. */
  async exchangeKeys(friend: PublicKey): Promise<'sent' | 'not-needed' | 'offline'> {
    this.#life.assertOpen();
    return this.#parts.client.exchangeKeys(friend);
  }

  /** Accepts the exchange of a friend with a session. Carry it where nobody else reads it. @throws ErrNoSession, ErrMalformed, ErrRefused */
  async processPreKeyExchange(exchange: Uint8Array): Promise<void> {
    this.#life.assertOpen();
    await this.#parts.client.processPreKeyExchange(exchange);
  }

  /** For a transport that cannot report it itself. */
  setFriendOnlineStatus(friend: PublicKey, online: boolean): void {
    this.#parts.network.setFriendOnline(friend, online);
  }

  /** Whether a message that is not urgent can be sealed now. */
  canSendAsyncMessage(friend: PublicKey): boolean {
    return this.#parts.forwardSecurity.hasKeyFor(friend, 'ordinary');
  }

  /**
   * Resolves as soon as a message can be sealed for this friend: at once if `canSendAsyncMessage`, else when keys come.
   * @throws ErrInvalidKey, ErrUnknownFriend (also once they are removed), ErrClosed, the reason of `signal` when it aborts
   */
  async waitForKeys(friend: PublicKey, options: { signal?: AbortSignal } = {}): Promise<void> {
    this.#life.assertOpen();
    this.#friends.assertFriend(friend);
    await waitForKeys(this.#parts, friend, [this.#life.ended, options.signal]);
  }

  /** Public key in hex -> keys of that friend. */
  getPreKeyStats(): Map<string, PreKeyStats> {
    return keyStatsOf(this.#parts);
  }

  getStorageStats(): StorageStats {
    return this.#parts.storage.getStorageStats();
  }

  /** Whether mail for this friend is stored here that one of `submitters` left since the session was opened. */
  holdsMailFor(friend: PublicKey, submitters: readonly PublicKey[]): boolean {
    return submitters.some((submitter) => this.#parts.storage.countWaiting(friend, submitter) > 0);
  }

  /** Seconds that no step of the wall clock moves while the session runs. */
  get age(): number {
    return this.#parts.directory.ages.now();
  }

  counts(): SessionCounts {
    return countsOf(this.#parts, this.friends());
  }

  /** All of it at one moment, for people who watch: no secret, and nothing of what messages say. */
  snapshot(options?: SnapshotOptions): SessionSnapshot {
    return takeSnapshot(this.#parts, this.transportAttached, this.friends(), options);
  }

  /** What happened in each hour of the last week, the oldest first; without hours in which nothing did. */
  history(): HistoryHour[] {
    return this.#parts.history.hours();
  }

  /** Why a message to this friend (or to any) would not go out now, or that it would. */
  diagnose(friend?: PublicKey): Finding[] {
    return diagnose(this.#parts, this.transportAttached, friend);
  }

  /** A small durable setting for the application that runs the session. */
  preference(name: string): unknown {
    return this.#parts.preferences.get(name);
  }

  /** Durable on return. @throws ErrLocalStorageFull, ErrStore */
  async savePreference(name: string, value: unknown): Promise<void> {
    this.#life.assertOpen();
    await this.#parts.preferences.set(name, value);
  }
}
