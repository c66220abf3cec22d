import { toHex } from '../bytes';
import type { PeerNetwork } from '../network/peer-network';
import type { StorageNodes } from './storage-nodes/storage-nodes';
import { WorkLimit } from '../platform/work-limit';
import type { SessionMessage } from '../protocol/session/message-kinds';
import type { PublicKey } from '../types';
import type { Deposits } from './sending/deposits';
import type { DirectDelivery } from './sending/direct-delivery';
import type { Dispatcher } from './sending/dispatcher';
import type { InboxRoom } from './receiving/inbox-room';
import type { Meetings } from './meeting/meetings';
import type { OutboxEntry } from './journal/outbox';
import type { Received } from './receiving/receive-result';
import type { Receiver } from './receiving/receiver';
import type { Retriever } from './receiving/retriever';
import type { ServiceEntry } from './journal/service-mail';

export interface PeerEventsParts {
  readonly network: PeerNetwork;
  readonly nodes: StorageNodes;
  readonly direct: DirectDelivery;
  readonly deposits: Deposits<OutboxEntry>;
  readonly mailDeposits: Deposits<ServiceEntry>;
  readonly meetings: Meetings;
  readonly dispatcher: Dispatcher;
  readonly receiver: Receiver;
  readonly retriever: Retriever;
  readonly room: Pick<InboxRoom, 'takes'>;
  readonly onElsewhere: (peer: PublicKey) => void;
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
}

/** Deliveries of one friend that may be in work; further ones are answered `busy`. */
const MAX_DELIVERIES = 64;
/** Other messages of one friend that may wait for the disk; what it says beyond them is dropped. */
const MAX_MESSAGES = 1024;

/** Leads what peers do and say to the parts that deal with it. */
export class PeerEvents {
  readonly #o: PeerEventsParts;
  readonly #deliveries = new WorkLimit(MAX_DELIVERIES);
  readonly #messages = new WorkLimit(MAX_MESSAGES);
  #running = false;
  /** Whose mail stayed where it was because there was no room for it here, by key in hex. */
  readonly #turnedAway = new Map<string, PublicKey>();

  constructor(parts: PeerEventsParts) {
    this.#o = parts;
  }

  start(): void {
    this.#running = true;
  }

  stop(): void {
    this.#running = false;
  }

  onSession(peer: PublicKey, flags: { acceptsStores: boolean; openNode: boolean }): void {
    if (!this.#running) return;
    const { nodes, direct, deposits, mailDeposits, meetings, dispatcher, retriever, onError } = this.#o;
    nodes.noteSession(peer, flags);
    meetings.tellNewNodes();
    direct.open(peer);
    deposits.reset(peer);
    mailDeposits.reset(peer);
    meetings.open(peer);
    dispatcher.kick();
    retriever.retrieveFrom(peer).catch(onError);
  }

  onClosed(peer: PublicKey): void {
    const { nodes, direct, meetings, dispatcher } = this.#o;
    nodes.noteGone(peer);
    direct.close(peer);
    meetings.close(peer);
    dispatcher.kick();
  }

  /** It is no friend any more. */
  forget(peer: PublicKey): void {
    this.#turnedAway.delete(toHex(peer));
  }

  onMessage(peer: PublicKey, message: SessionMessage): void {
    if (!this.#running) return;
    const { retriever, meetings, onError } = this.#o;
    if (message.kind === 'deliver') {
      this.#takeDelivery(peer, message.request, message.envelope);
    } else if (message.kind === 'mail') {
      retriever.retrieveFrom(peer).catch(onError);
    } else {
      this.#messages.begin(peer, () => meetings.onMessage(peer, message));
    }
  }

  /** An ordinary message of a friend's client: it goes through the inbox like all others. */
  onToxMessage(peer: PublicKey, type: 'normal' | 'action', text: string): void {
    this.#o.receiver.receiveTox(peer, type, text).catch(this.#o.onError);
  }

  /** A message came from a node: its sender hears of it at once when it is connected. */
  onRetrieved({ turnedAway, message }: Received): void {
    const { network, meetings, onChange } = this.#o;
    if (turnedAway !== undefined) this.#turnedAway.set(toHex(turnedAway), turnedAway);
    if (message !== undefined && network.hasSession(message.sender)) {
      meetings.sendReceipt(message.sender, { messageId: message.messageId, code: message.receipt });
    }
    onChange();
  }

  /** There may be room again for what stayed at the nodes. */
  onInboxChange(): void {
    const { room, retriever, onChange, onError } = this.#o;
    onChange();
    if (!this.#running || ![...this.#turnedAway.values()].some((sender) => room.takes(sender))) return;
    this.#turnedAway.clear();
    retriever.retrieve().catch(onError);
  }

  #takeDelivery(peer: PublicKey, request: number, envelope: Uint8Array): void {
    const { network, onError } = this.#o;
    const work = () => this.#deliver(peer, request, envelope).catch(onError);
    if (this.#deliveries.begin(peer, work)) return;
    network.send(peer, { kind: 'deliver-answer', request, code: 'busy' });
  }

  async #deliver(peer: PublicKey, request: number, envelope: Uint8Array): Promise<void> {
    const { receiver, network, meetings, onElsewhere, onChange, onError } = this.#o;
    const answer = (received: Received) => {
      network.send(peer, { kind: 'deliver-answer', request, code: received.code });
      if (received.code === 'unknown-tag') meetings.tellState(peer);
      if (received.code === 'busy') this.#turnedAway.set(toHex(peer), peer);
      if (received.unheardOf === true) onElsewhere(peer);
      onChange();
    };
    try {
      await receiver.receive(envelope, { via: 'direct', peer }, answer);
    } catch (error) {
      // Nothing was consumed: the friend stores it on nodes and offers it again.
      onError(error);
      answer({ code: 'busy' });
    }
  }
}
