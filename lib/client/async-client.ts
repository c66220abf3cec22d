import type { MessageType } from '../constants';
import { checkPublicKey } from '../crypto/public-key';
import type { WriteBatch } from '../store/store';
import type { PublicKey } from '../types';
import { buildClient, type ClientParts } from './build-client';
import type { AsyncClientComponents, AsyncClientInit } from './client-options';
import type { InboxEntry } from './journal/inbox';
import type { FleetWord } from './meeting/fleet-word';
import type { Overview } from './overview/overview';
import type { PeerEvents } from './peer-events';
import type {
  MessageFilter,
  MessageHandler,
  MessageInput,
  ReceivedMessage,
  SendOptions,
  SendReceipt,
} from './messages';
import type { OutboxEntry } from './journal/outgoing/outbox';
import type { OutcomeJournal } from './journal/outgoing/outcome-journal';
import type { Waiting } from './sending/queued-reasons';
import { withdrawUnreadable } from './journal/withdrawal';

/**
 * The specification's AsyncClient (docs/SPECIFICATION.md#asyncclient): outbox, distribution, retrieval and inbox of
 * one identity.
 */
export class AsyncClient {
  /** @internal */
  readonly outcomes: OutcomeJournal;
  /** Takes what the network tells. @internal */
  readonly peerEvents: PeerEvents;
  /** Says to which fleet we belong. @internal */
  readonly fleetWord: FleetWord;
  /** For people who watch. @internal */
  readonly overview: Overview;
  readonly #parts: ClientParts;
  /** Reported at the start: nobody can listen before. */
  #lost: readonly InboxEntry[] = [];

  private constructor(parts: ClientParts) {
    this.#parts = parts;
    this.outcomes = this.#parts.outcomes;
    this.peerEvents = this.#parts.peerEvents;
    this.fleetWord = this.#parts.fleetWord;
    this.overview = this.#parts.overview;
  }

  /** Reads the journals and cleans the vault. @throws ErrStore @internal */
  static async open(components: AsyncClientComponents, init: AsyncClientInit): Promise<AsyncClient> {
    const parts = buildClient(components, init);
    const client = new AsyncClient(parts);
    const { store, vault, outbox, inbox, contexts, assemblies } = parts;
    const { issued, held } = parts.forwardSecurity;
    const slots = [issued, held, outbox, inbox, contexts, assemblies].flatMap((part) => [...part.refs()]);
    await vault.retainOnly(slots);
    const writes = store.batch();
    issued.dropUnreadable(writes);
    held.dropUnreadable(writes);
    await writes.commit();
    client.#lost = await withdrawUnreadable(parts);
    return client;
  }

  /** From now on messages go out, mail is fetched and the inbox is handed over. */
  async start(): Promise<void> {
    for (const { sender, messageId } of this.#lost) this.#parts.hooks.onLost(sender, messageId);
    this.#lost = [];
    this.peerEvents.start();
    this.fleetWord.start();
    await this.#parts.expirySweep.start();
    await this.outcomes.start();
    this.#parts.handOver.start();
    this.#parts.retriever.start();
    this.#parts.mailer.start();
    this.#parts.dispatcher.start();
  }

  /** Stops taking, lets what is under way finish. */
  async stop(): Promise<void> {
    this.peerEvents.stop();
    this.fleetWord.stop();
    this.#parts.expirySweep.stop();
    this.#parts.mailer.stop();
    this.#parts.dispatcher.stop();
    this.#parts.meetings.stop();
    await this.#parts.retriever.stop();
    await this.#parts.handOver.stop();
    await this.#parts.queues.idle();
    await this.#parts.outbox.settled();
    await this.#parts.chunks.settled();
    await this.outcomes.stop();
    await this.#parts.vault.settled();
  }

  /** Messages in the outbox that no storage node confirmed. */
  get queued(): number {
    return this.#parts.outbox.messages - this.stored;
  }

  /** Messages in the outbox that a storage node confirmed. */
  get stored(): number {
    return this.#parts.outbox.storedMessages;
  }

  /** Messages in the inbox that no handler has taken yet. */
  get waiting(): number {
    return this.#parts.handOver.count('waiting');
  }

  /** Messages in the inbox that a handler failed to handle; they are handed over again. */
  get failed(): number {
    return this.#parts.handOver.count('failed');
  }

  /** Journals a message; see Sender. */
  sendAsyncMessage(
    recipientPk: PublicKey,
    content: MessageInput,
    type?: MessageType,
    options?: SendOptions,
  ): Promise<SendReceipt> {
    return this.#parts.sender.send(recipientPk, content, type, options);
  }

  /** Ends a message that is not finished; see Cancellation. */
  cancel(friend: PublicKey, messageId: Uint8Array): Promise<boolean> {
    return this.#parts.cancellation.cancel(friend, messageId);
  }

  /**
   * Asks every node now and gives all messages that wait. For use without a handler: each message stays in
   * the inbox until it is acknowledged.
   */
  async retrieveAsyncMessages(): Promise<ReceivedMessage[]> {
    await this.#parts.retriever.retrieve();
    return this.#parts.handOver.takeAll();
  }

  /**
   * Names a friend as a storage node: it is asked for our mail from now on, although it has not said yet that it
   * stores for us. Departs from the specification: the network finds the address. Durable on return.
   * @throws ErrInvalidKey, ErrLocalStorageFull, ErrStore, ErrClosed
   */
  async addStorageNode(nodePk: PublicKey): Promise<void> {
    checkPublicKey(nodePk, 'The storage node');
    await this.#parts.nodes.name(nodePk);
    this.#parts.retriever.pollLater();
  }

  /** Replaces the handler; what it did not take yet is offered again. */
  setMessageHandler(handler: MessageHandler | undefined, filter?: MessageFilter): void {
    this.#parts.handOver.setHandler(handler, filter);
  }

  /** Ends a message of this friend whose handler resolved with 'later'. False when there is no such message. */
  acknowledge(friend: PublicKey, messageId: Uint8Array): Promise<boolean> {
    return this.#parts.handOver.acknowledge(friend, messageId);
  }

  /** A message that was kept could not be handled: it waits until it is handed over again. */
  giveBack(friend: PublicKey, messageId: Uint8Array): void {
    this.#parts.handOver.giveBack(friend, messageId);
  }

  /** Friends who have a message with this id in the inbox. */
  sendersOf(messageId: Uint8Array): PublicKey[] {
    return this.#parts.inbox.sendersOf(messageId);
  }

  /** Asks the nodes for mail now; `again` also hands unacknowledged messages over once more. */
  async retrieve(options: { again?: boolean } = {}): Promise<void> {
    if (options.again === true) this.#parts.handOver.offerAgain();
    await this.#parts.retriever.retrieve();
  }

  /** @throws ErrNoSession, ErrMalformed, ErrRefused */
  processPreKeyExchange(exchange: Uint8Array): Promise<void> {
    return this.#parts.meetings.processExchange(exchange);
  }

  /** Fills the friend's stock of our keys, if the friend is connected. */
  exchangeKeys(peer: PublicKey): Promise<'sent' | 'not-needed' | 'offline'> {
    return this.#parts.meetings.exchangeKeys(peer);
  }

  /** What a message to this friend waits for. @internal */
  queuedOf(friend: PublicKey): { entry: OutboxEntry; waiting: Waiting | undefined }[] {
    return this.#parts.outbox.of(friend).map((entry) => ({ entry, waiting: this.#parts.reasons.of(entry) }));
  }

  /** Connected, and it said which of its keys are alive or may still do so. @internal */
  isHere(friend: PublicKey): boolean {
    return this.#parts.direct.isHere(friend);
  }

  /** The way to a friend changed (online, plain client). @internal */
  onFriendChange(peer: PublicKey): void {
    this.#parts.wakeup.friend(peer);
  }

  /** A transport was attached, or detached. @internal */
  onTransport(): void {
    this.#parts.wakeup.all();
  }

  /** We came online ourselves, or went offline. @internal */
  onOnline(online: boolean): void {
    this.#parts.nodes.noteOnline(online);
    this.#parts.wakeup.all();
  }

  /**
   * Erases everything that belongs to a peer who is no longer a friend.
   * @param also adds to the batch that does it
   */
  async forget(peer: PublicKey, also?: (writes: WriteBatch) => void): Promise<void> {
    const { store, forwardSecurity, nodes, queues, outbox, mail, receipts, completion, assemblies } =
      this.#parts;
    await queues.run(peer, async () => {
      await outbox.settled();
      const writes = store.batch();
      also?.(writes);
      forwardSecurity.issued.forget(writes, peer);
      forwardSecurity.held.forget(writes, peer);
      mail.forget(writes, peer);
      receipts.forget(writes, peer);
      assemblies.forget(writes, peer);
      nodes.unname(writes, peer);
      for (const entry of outbox.of(peer)) completion.failed(writes, entry, 'not-a-friend');
      await writes.commit();
    });
  }

  /** And what only memory has of it, once it is gone from the network too. @internal */
  forgetTraces(peer: PublicKey): void {
    const { retriever, meetings, room, headTurns, plain, deposits, chunkDeposits, serviceDeposits, mailer } =
      this.#parts;
    const ways = [plain, deposits, chunkDeposits, serviceDeposits, mailer];
    for (const part of [retriever, meetings, room, headTurns, ...ways]) part.forget(peer);
    this.#parts.tombstones.forgetCount(peer);
  }
}
