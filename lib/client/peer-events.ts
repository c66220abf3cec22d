import type { PeerNetwork } from '../network/peer-network';
import type { StorageNodes } from './storage-nodes/storage-nodes';
import { WorkLimit } from '../platform/work-limit';
import { CHUNK_ENVELOPE_BYTES } from '../protocol/envelope/envelope';
import type { HelloFlags } from '../protocol/session/hello';
import type { SessionMessage } from '../protocol/session/message-kinds';
import type { PublicKey } from '../types';
import type { AsyncClientHooks } from './client-options';
import type { Deposits } from './sending/deposits/deposits';
import type { ChunkDeposits } from './sending/large/chunk-deposits';
import type { DirectDelivery } from './sending/direct-delivery';
import type { FleetWord } from './meeting/fleet-word';
import type { InboxRoom } from './receiving/inbox-room';
import type { Meetings } from './meeting/meetings';
import type { OutboxEntry } from './journal/outgoing/outbox';
import type { Received } from './receiving/receive-result';
import type { Receiver } from './receiving/receiver';
import type { Retriever } from './receiving/retriever';
import type { ServiceEntry } from './journal/service-mail';
import type { Wakeup } from './wakeup';

export interface PeerEventsComponents {
  readonly network: Pick<PeerNetwork, 'send'>;
  readonly nodes: Pick<StorageNodes, 'isStorageNode' | 'noteGone' | 'noteSession'>;
  readonly direct: Pick<DirectDelivery, 'close' | 'open'>;
  readonly deposits: Pick<Deposits<OutboxEntry>, 'reset'>;
  readonly chunkDeposits: Pick<ChunkDeposits, 'reset'>;
  readonly serviceDeposits: Pick<Deposits<ServiceEntry>, 'reset'>;
  readonly meetings: Pick<
    Meetings,
    | 'close'
    | 'noteForeignKeys'
    | 'onMessage'
    | 'open'
    | 'proven'
    | 'sendReceipt'
    | 'tellNewNodes'
    | 'tellState'
  >;
  readonly receiver: Pick<Receiver, 'receive' | 'receiveTox'>;
  readonly retriever: Pick<Retriever, 'pollLater' | 'retrieveFrom'>;
  readonly fleetWord: Pick<FleetWord, 'take' | 'tell'>;
  readonly room: Pick<InboxRoom, 'turnAway'>;
  readonly wakeup: Pick<Wakeup, 'all' | 'friend'>;
  readonly hooks: Pick<AsyncClientHooks, 'onError' | 'onReceived'>;
}

/** Deliveries of one friend that may be in work; further ones are answered `busy`. */
const MAX_DELIVERIES = 64;
/** Other messages of one friend that may wait for the disk; what it says beyond them is dropped. */
const MAX_MESSAGES = 1024;

/** Leads what peers do and say to the parts that deal with it. */
export class PeerEvents {
  readonly #components: PeerEventsComponents;
  readonly #deliveries = new WorkLimit(MAX_DELIVERIES);
  readonly #messages = new WorkLimit(MAX_MESSAGES);
  #running = false;

  constructor(components: PeerEventsComponents) {
    this.#components = components;
  }

  start(): void {
    this.#running = true;
  }

  stop(): void {
    this.#running = false;
  }

  /** There are keys: the first messages go out. The peer may be anybody who has our profile, so nothing is noted. */
  onSession(peer: PublicKey): void {
    if (!this.#running) return;
    const { direct, meetings, wakeup } = this.#components;
    direct.open(peer);
    meetings.open(peer);
    wakeup.friend(peer);
  }

  /** The peer has the keys too: now its word counts, as a storage node's as well. */
  onProven(peer: PublicKey, flags: HelloFlags): void {
    if (!this.#running) return;
    const { nodes, deposits, chunkDeposits, serviceDeposits, meetings, fleetWord } = this.#components;
    nodes.noteSession(peer, flags);
    meetings.tellNewNodes();
    deposits.reset(peer);
    chunkDeposits.reset(peer);
    serviceDeposits.reset(peer);
    meetings.proven(peer);
    fleetWord.tell(peer);
    this.#wake(peer);
    this.#retrieveFrom(peer);
  }

  onClosed(peer: PublicKey): void {
    const { nodes, direct, meetings } = this.#components;
    nodes.noteGone(peer);
    direct.close(peer);
    meetings.close(peer);
    this.#wake(peer);
  }

  onMessage(peer: PublicKey, message: SessionMessage): void {
    if (!this.#running) return;
    if (message.kind === 'deliver') {
      this.#takeDelivery(peer, message.request, message.envelope);
    } else if (message.kind === 'mail') {
      this.#retrieveFrom(peer);
    } else if (message.kind === 'fleet') {
      this.#components.fleetWord.take(peer, message.certificate);
    } else {
      if (message.kind === 'state' && message.holdsMail) this.#components.retriever.pollLater();
      this.#messages.begin(peer, () => this.#components.meetings.onMessage(peer, message));
    }
  }

  /** An ordinary message of a friend's client: it goes through the inbox like all others. */
  onToxMessage(peer: PublicKey, type: 'normal' | 'action', text: string): void {
    const { receiver, hooks } = this.#components;
    receiver.receiveTox(peer, type, text).catch((error: unknown) => hooks.onError(error));
  }

  /** What waits for this friend, and what this friend could keep for others. */
  #wake(peer: PublicKey): void {
    const { nodes, wakeup } = this.#components;
    if (nodes.isStorageNode(peer)) wakeup.all();
    else wakeup.friend(peer);
  }

  #retrieveFrom(node: PublicKey): void {
    const { retriever, hooks } = this.#components;
    retriever.retrieveFrom(node).catch((error: unknown) => hooks.onError(error));
  }

  #takeDelivery(peer: PublicKey, request: number, envelope: Uint8Array): void {
    const { network, hooks } = this.#components;
    const work = () => this.#deliver(peer, request, envelope).catch((error: unknown) => hooks.onError(error));
    if (this.#deliveries.begin(peer, work)) return;
    network.send(peer, { kind: 'deliver-answer', request, code: 'busy' });
  }

  async #deliver(peer: PublicKey, request: number, envelope: Uint8Array): Promise<void> {
    const { receiver, network, meetings, room, hooks } = this.#components;
    const answer = (received: Received) => {
      network.send(peer, { kind: 'deliver-answer', request, code: received.code });
      // A full chunk has no key of ours: a list of those says nothing of it.
      if (received.code === 'unknown-tag' && envelope.length !== CHUNK_ENVELOPE_BYTES)
        meetings.tellState(peer);
      if (received.code === 'busy') room.turnAway(peer, received.turnedAway?.bytes);
      const { message } = received;
      if (message?.isLarge)
        meetings.sendReceipt(peer, { messageId: message.messageId, code: message.receipt });
      if (received.unheardOf === true) meetings.noteForeignKeys(peer);
      hooks.onReceived();
    };
    try {
      await receiver.receive(envelope, { via: 'direct', peer }, answer);
    } catch (error) {
      // Nothing was consumed: the friend stores it on nodes and offers it again.
      hooks.onError(error);
      answer({ code: 'busy' });
    }
  }
}
