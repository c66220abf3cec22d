import { PRE_KEY_REFRESH_THRESHOLD, type MessageType } from '../constants';
import type { CryptoProvider } from '../crypto/provider';
import type { ForwardSecurityManager } from '../forward-security/forward-security-manager';
import type { PeerNetwork } from '../network/peer-network';
import type { StorageNodes } from '../network/storage-nodes';
import type { Platform } from '../platform/platform';
import type { DataDirectory } from '../store/data-directory';
import type { PublicKey, QueuedReason } from '../types';
import { Deposits } from './deposits';
import { DirectDelivery } from './direct-delivery';
import { Dispatcher } from './dispatcher';
import { Finisher } from './finisher';
import { HandOver } from './hand-over';
import { Housekeeping } from './housekeeping';
import { Inbox } from './inbox';
import { Incoming } from './incoming';
import { DEFAULT_CLIENT_LIMITS, type ClientLimits } from './limits';
import { Meetings } from './meetings';
import type {
  MessageFilter,
  MessageHandler,
  Outcome,
  ReceivedMessage,
  SendOptions,
  SendReceipt,
} from './messages';
import { Outbox, type OutboxEntry } from './outbox';
import { Outcomes } from './outcomes';
import { OwedDeletes } from './owed-deletes';
import { OwedReceipts } from './owed-receipts';
import { PeerQueues } from './peer-queues';
import { PlainDelivery } from './plain-delivery';
import { queuedReason } from './queued-reason';
import { Receiver } from './receiver';
import { Resealer } from './resealer';
import { Retriever } from './retriever';
import { Sender } from './sender';
import { Tombstones } from './tombstones';
import { withdrawUnreadable } from './withdrawal';

/** What the client tells its owner. */
export interface AsyncClientHooks {
  onOutcome(outcome: Outcome): void;
  onKeysExchanged(peer: PublicKey): void;
  onKeysRefused(peer: PublicKey, code: string): void;
  /** A key of the friend's was spent; `sendable` are left. */
  onKeySpent(peer: PublicKey): void;
  onDeadKeys(peer: PublicKey): void;
  onMalformed(sender: PublicKey, messageId: Uint8Array): void;
  onLost(sender: PublicKey, messageId: Uint8Array): void;
  /** A friend has keys of ours that this copy of the identity did not issue. */
  onElsewhere(peer: PublicKey): void;
  onChange(): void;
  onError(error: unknown): void;
}

export interface AsyncClientOptions {
  readonly crypto: CryptoProvider;
  readonly platform: Platform;
  readonly directory: DataDirectory;
  readonly forwardSecurity: ForwardSecurityManager;
  readonly network: PeerNetwork;
  readonly nodes: StorageNodes;
  readonly hooks: AsyncClientHooks;
  /** Whether our own storage holds mail for the peer. */
  readonly holdsMailFor: (peer: PublicKey) => boolean;
  readonly limits?: Partial<ClientLimits>;
  readonly preKeyRefreshThreshold?: number;
}

/** SPEC.md's AsyncClient: outbox, distribution, retrieval and inbox of one identity. */
export class AsyncClient {
  readonly outcomes: Outcomes;
  readonly #o: AsyncClientOptions;
  readonly #limits: ClientLimits;
  readonly #queues = new PeerQueues();
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #tombstones: Tombstones;
  readonly #receipts: OwedReceipts;
  readonly #deletes: OwedDeletes;
  readonly #handOver: HandOver;
  readonly #sender: Sender;
  readonly #direct: DirectDelivery;
  readonly #deposits: Deposits;
  readonly #dispatcher: Dispatcher;
  readonly #resealer: Resealer;
  readonly #meetings: Meetings;
  readonly #retriever: Retriever;
  readonly #finisher: Finisher;
  readonly #housekeeping: Housekeeping;
  /** Takes what the network tells. */
  readonly incoming: Incoming;

  private constructor(options: AsyncClientOptions) {
    this.#o = options;
    this.#limits = { ...DEFAULT_CLIENT_LIMITS, ...options.limits };
    const { crypto, platform, directory, forwardSecurity, network, nodes, hooks } = options;
    const { clock, timers, random } = platform;
    const { store, vault, ages } = directory;
    const wall = () => clock.wall();
    const queues = this.#queues;
    const onError = (error: unknown) => hooks.onError(error);
    const kick = () => this.#dispatcher.kick();
    const base = { crypto, clock, timers, random, store, vault, ages, wall, queues, network, nodes, onError };

    this.#outbox = new Outbox({ crypto, store, vault, forwardSecurity });
    this.#inbox = new Inbox({ crypto, store, vault });
    this.#tombstones = new Tombstones({ store, ages });
    this.#receipts = new OwedReceipts({ store, ages });
    this.#deletes = new OwedDeletes({ store, ages });
    const outbox = this.#outbox;
    const wanted = this.#limits.copies;
    this.outcomes = new Outcomes({ ...base, emit: (outcome) => hooks.onOutcome(outcome) });
    const outcomes = this.outcomes;
    this.#finisher = new Finisher({ ...base, outbox, outcomes, wanted, onFinished: () => hooks.onChange() });
    const finisher = this.#finisher;
    this.#handOver = new HandOver({
      ...base,
      inbox: this.#inbox,
      onLost: ({ sender, messageId }) => hooks.onLost(sender, messageId),
      onChange: () => this.incoming.onInboxChange(),
    });
    this.#sender = new Sender({
      ...base,
      outbox,
      outcomes,
      forwardSecurity,
      limits: this.#limits,
      assertRoom: () => directory.space.assertRoom(),
      reasonFor: (entry) => this.#reason(entry),
      onAccepted: (entry) => {
        if (entry.sealed !== undefined) {
          hooks.onKeySpent(entry.friend);
          this.#meetings.noteSpent(entry.friend);
        }
        hooks.onChange();
        this.#dispatcher.dispatch(entry);
      },
    });
    this.#direct = new DirectDelivery({ ...base, outbox, finisher, onChange: kick });
    const direct = this.#direct;
    const plain = new PlainDelivery({ ...base, outbox, finisher, onChange: kick });
    this.#deposits = new Deposits({
      ...base,
      outbox,
      outcomes,
      wanted,
      maxStorageTime: this.#limits.maxStorageTime,
      onChange: kick,
    });
    this.#dispatcher = new Dispatcher({ ...base, outbox, finisher, direct, plain, deposits: this.#deposits });
    this.#resealer = new Resealer({
      ...base,
      outbox,
      forwardSecurity,
      finisher,
      direct,
      sender: this.#sender,
      onChange: kick,
      onDeadKeys: (peer) => hooks.onDeadKeys(peer),
    });
    this.#meetings = new Meetings({
      ...base,
      forwardSecurity,
      receipts: this.#receipts,
      direct,
      finisher,
      resealer: this.#resealer,
      holdsMailFor: options.holdsMailFor,
      preKeyRefreshThreshold: options.preKeyRefreshThreshold ?? PRE_KEY_REFRESH_THRESHOLD,
      onKeysExchanged: (peer) => hooks.onKeysExchanged(peer),
      onElsewhere: (peer) => hooks.onElsewhere(peer),
      onKeysRefused: (peer, code) => hooks.onKeysRefused(peer, code),
    });
    const hasRoom = () => directory.space.hasRoom() && this.#inbox.size < this.#limits.inboxMessages;
    const receiver = new Receiver({
      ...base,
      forwardSecurity,
      inbox: this.#inbox,
      tombstones: this.#tombstones,
      receipts: this.#receipts,
      deletes: this.#deletes,
      hasRoom,
      hasSession: (peer) => network.hasSession(peer),
      onTaken: () => this.#handOver.kick(),
      onMalformed: (sender, messageId) => hooks.onMalformed(sender, messageId),
    });
    this.#retriever = new Retriever({
      ...base,
      forwardSecurity,
      receiver,
      tombstones: this.#tombstones,
      deletes: this.#deletes,
      onReceived: (received) => this.incoming.onRetrieved(received),
    });
    this.incoming = new Incoming({
      ...base,
      direct,
      deposits: this.#deposits,
      meetings: this.#meetings,
      dispatcher: this.#dispatcher,
      receiver,
      retriever: this.#retriever,
      hasRoom,
      onElsewhere: (peer) => hooks.onElsewhere(peer),
      onChange: () => hooks.onChange(),
    });
    this.#housekeeping = new Housekeeping({
      ...base,
      expire: [
        forwardSecurity.issued,
        forwardSecurity.held,
        this.#tombstones,
        this.#receipts,
        this.#deletes,
        outcomes,
      ].map((part) => (writes) => part.expire(writes)),
    });
  }

  /** Reads the journals and cleans the vault. @throws ErrStore */
  static async open(options: AsyncClientOptions): Promise<AsyncClient> {
    const client = new AsyncClient(options);
    const { store, vault } = options.directory;
    const { issued } = options.forwardSecurity;
    await vault.retainOnly([...issued.refs(), ...client.#outbox.refs(), ...client.#inbox.refs()]);
    const writes = store.batch();
    issued.dropUnreadable(writes);
    await writes.commit();
    const lost = await withdrawUnreadable({
      store,
      vault,
      inbox: client.#inbox,
      tombstones: client.#tombstones,
      receipts: client.#receipts,
    });
    for (const { sender, messageId } of lost) options.hooks.onLost(sender, messageId);
    return client;
  }

  /** From now on messages go out, mail is fetched and the inbox is handed over. */
  async start(): Promise<void> {
    this.incoming.start();
    await this.#housekeeping.start();
    await this.outcomes.start();
    this.#handOver.start();
    this.#retriever.start();
    this.#dispatcher.start();
  }

  /** Stops taking, lets what is under way finish. */
  async stop(): Promise<void> {
    this.incoming.stop();
    this.#housekeeping.stop();
    this.#dispatcher.stop();
    this.#meetings.stop();
    await this.#retriever.stop();
    await this.#handOver.stop();
    await this.#queues.idle();
    await this.#sender.settled();
    this.outcomes.stop();
    await this.#o.directory.vault.settled();
  }

  /** Messages in the outbox. */
  get queued(): number {
    return this.#outbox.messages;
  }

  /** Messages in the inbox that nobody took yet. */
  get waiting(): number {
    return this.#handOver.waiting;
  }

  /** Journals a message; see Sender. */
  sendAsyncMessage(
    recipientPk: PublicKey,
    content: string | Uint8Array,
    type?: MessageType,
    options?: SendOptions,
  ): Promise<SendReceipt> {
    return this.#sender.send(recipientPk, content, type, options);
  }

  /**
   * Asks every node now and gives all messages that wait. For use without a handler: each message stays in
   * the inbox until it is acknowledged.
   */
  async retrieveAsyncMessages(): Promise<ReceivedMessage[]> {
    await this.#retriever.retrieve();
    return this.#handOver.takeAll();
  }

  /** Uses a friend as a storage node although it has not said yet that it stores for us. */
  addStorageNode(nodePk: PublicKey): void {
    this.#o.nodes.noteSession(nodePk, { acceptsStores: true, openNode: false });
  }

  setMessageHandler(handler: MessageHandler | undefined, filter?: MessageFilter): void {
    this.#handOver.setHandler(handler, filter);
  }

  acknowledge(messageId: Uint8Array): Promise<boolean> {
    return this.#handOver.acknowledge(messageId);
  }

  async retrieve(options: { again?: boolean } = {}): Promise<void> {
    if (options.again === true) this.#handOver.offerAgain();
    await this.#retriever.retrieve();
  }

  /** @throws ErrNoSession, ErrMalformed, ErrRefused */
  processPreKeyExchange(exchange: Uint8Array): Promise<void> {
    return this.#meetings.processExchange(exchange);
  }

  exchangeKeys(peer: PublicKey): Promise<'sent' | 'not-needed' | 'offline'> {
    return this.#meetings.exchangeKeys(peer);
  }

  /** What a message to this friend waits for. */
  queuedOf(friend: PublicKey): { entry: OutboxEntry; reason: QueuedReason | undefined }[] {
    return this.#outbox.of(friend).map((entry) => ({ entry, reason: this.#reason(entry) }));
  }

  /** The way to a friend changed (online, plain client). */
  onFriendChange(): void {
    this.#dispatcher.kick();
  }

  /** Drops everything that belongs to a peer who is no longer a friend. */
  async forget(peer: PublicKey): Promise<void> {
    const { directory, forwardSecurity } = this.#o;
    await this.#queues.run(peer, async () => {
      await this.#sender.settled();
      const writes = directory.store.batch();
      forwardSecurity.issued.forget(writes, peer);
      forwardSecurity.held.forget(writes, peer);
      for (const entry of this.#outbox.of(peer)) this.#finisher.failed(writes, entry, 'not-a-friend');
      await writes.commit();
    });
  }

  #reason(entry: OutboxEntry): QueuedReason | undefined {
    const { network, nodes, forwardSecurity } = this.#o;
    return queuedReason(
      { network, nodes, forwardSecurity, outbox: this.#outbox, direct: this.#direct },
      entry,
    );
  }
}
