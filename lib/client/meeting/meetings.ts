import { toHex } from '../../bytes';
import { PeerMap } from '../../peer-map';
import type { ForwardSecurityManager } from '../../forward-security/forward-security-manager';
import type { PeerNetwork } from '../../network/peer-network';
import type { MessageOf } from '../../network/requests';
import type { StorageNodes } from '../storage-nodes/storage-nodes';
import type { Timer } from '../../platform/timers';
import type { Receipt, SessionMessage } from '../../protocol/session/message-kinds';
import type { PublicKey } from '../../types';
import type { DirectDelivery } from '../sending/direct-delivery';
import type { AsyncClientHooks } from '../client-options';
import type { Resealer } from '../sending/resealer';
import type { Wakeup } from '../wakeup';
import { KeyExchanges, type KeyExchangesComponents } from './key-exchanges';
import { ReceiptExchange, type ReceiptExchangeComponents } from './receipt-exchange';

/** A state goes out at most this often, milliseconds. */
const STATE_INTERVAL = 1_000;
/** Pause before a state that the disk refused is applied again, milliseconds. */
const APPLY_AGAIN = 10_000;
/** Reader of a state that is for everybody. */
const NOBODY: PublicKey = new Uint8Array(32);

interface Meeting {
  lastState: number;
  pendingState: Timer | undefined;
  /** The peer knows that few of its keys are left. */
  saidLow: boolean;
  /** The disk refused the peer's newest state: it is applied again, since the peer may not say it a second time. */
  refused: MessageOf<'state'> | undefined;
  again: Timer | undefined;
}

export interface MeetingsComponents extends KeyExchangesComponents, ReceiptExchangeComponents {
  readonly network: Pick<PeerNetwork, 'isProven' | 'send' | 'sessions'>;
  readonly nodes: Pick<
    StorageNodes,
    'hasMet' | 'hintsFor' | 'noteHints' | 'noteHoldsMail' | 'noteMet' | 'noteOpenNodes' | 'openNodesFor'
  >;
  readonly forwardSecurity: Pick<ForwardSecurityManager, 'held' | 'issued' | 'processPreKeyExchange'>;
  readonly direct: Pick<DirectDelivery, 'expectState' | 'ready'>;
  readonly resealer: Pick<Resealer, 'applyState' | 'beginMeeting' | 'forget' | 'listen' | 'sealWaiting'>;
  readonly wakeup: Pick<Wakeup, 'friend'>;
  readonly hooks: Pick<
    AsyncClientHooks,
    'onElsewhere' | 'onError' | 'onKeysExchanged' | 'onKeysRefused' | 'onOpenNodes' | 'onRestored'
  >;
}

export interface MeetingsInit {
  /** Whether our storage holds mail for the peer. */
  readonly holdsMailFor: (peer: PublicKey) => boolean;
  /** Fewer keys than this are few. */
  readonly preKeyRefreshThreshold: number;
}

/**
 * What two peers tell each other while they have a session: owed receipts first, then the state (which keys
 * each issued are alive, how many it holds), then new keys. Everything runs in the peer's queue, so a state
 * speaks of the moment at which it is sent.
 */
export class Meetings {
  readonly #components: MeetingsComponents;
  readonly #init: MeetingsInit;
  readonly #keys: KeyExchanges;
  readonly #receipts: ReceiptExchange;
  readonly #meetings = new PeerMap<Meeting>();
  /** The nodes that we poll, as last announced to everybody. */
  #toldNodes = '';

  constructor(components: MeetingsComponents, init: MeetingsInit) {
    this.#components = components;
    this.#init = init;
    this.#receipts = new ReceiptExchange(components);
    components.resealer.listen((peer) => this.noteSpent(peer));
    this.#keys = new KeyExchanges(components, {
      onKnown: (peer) => this.tellState(peer),
      onAdded: (peer) => {
        // Messages that waited may have used up the new keys at once: that is another fall.
        const meeting = this.#meetings.get(peer);
        if (meeting !== undefined) meeting.saidLow = false;
        this.noteSpent(peer);
      },
    });
  }

  open(peer: PublicKey): void {
    this.#close(peer);
    this.#meetings.set(peer, {
      lastState: -Infinity,
      pendingState: undefined,
      saidLow: false,
      refused: undefined,
      again: undefined,
    });
    this.#keys.beginMeeting(peer);
    this.#components.resealer.beginMeeting(peer);
    void this.#run(peer, async () => {
      await this.#receipts.sendFirst(peer);
      this.#sendState(peer);
      this.#receipts.sendRest(peer);
    });
  }

  /** The peer has the session's keys: mail that carries what was just said is in vain, and its keys may go out. */
  proven(peer: PublicKey): void {
    void this.#run(peer, async () => {
      await this.#receipts.dropMail(peer);
      await this.#keys.offer(peer, { onlyPending: true });
    });
  }

  close(peer: PublicKey): void {
    this.#close(peer);
  }

  stop(): void {
    for (const peer of this.#meetings.keys()) this.#cancelTimers(peer);
    this.#meetings.clear();
    this.#keys.stop();
    this.#receipts.stop();
  }

  /** Something that a state says has changed: it goes out now, or when a second is over. */
  tellState(peer: PublicKey): void {
    const meeting = this.#meetings.get(peer);
    if (meeting === undefined || meeting.pendingState !== undefined) return;
    const wait = meeting.lastState + STATE_INTERVAL - this.#components.clock.monotonic();
    meeting.pendingState = this.#components.timers.after(Math.max(0, wait), () => {
      meeting.pendingState = undefined;
      void this.#run(peer, () => this.#sendState(peer));
    });
  }

  /** A key of the peer's was spent: it hears at once, but only once, that its keys run low. */
  noteSpent(peer: PublicKey): void {
    const meeting = this.#meetings.get(peer);
    if (meeting === undefined) return;
    const low = this.#components.forwardSecurity.held.held(peer) < this.#init.preKeyRefreshThreshold;
    if (low && !meeting.saidLow) this.tellState(peer);
    meeting.saidLow = low;
  }

  /** Senders prefer the nodes that we poll: everybody we speak with hears when these change. */
  tellNewNodes(): void {
    const { nodes, network } = this.#components;
    const named = [...nodes.hintsFor(), ...nodes.openNodesFor(NOBODY)].map(toHex).join();
    if (named === this.#toldNodes) return;
    this.#toldNodes = named;
    for (const peer of network.sessions()) this.tellState(peer);
  }

  /** The peer has keys of ours that this directory never issued. */
  noteForeignKeys(peer: PublicKey): void {
    const { nodes, hooks } = this.#components;
    if (nodes.hasMet(peer)) hooks.onElsewhere(peer);
    else hooks.onRestored(peer);
  }

  /** At once, while the friend is connected; the receipt stays owed until it is confirmed. */
  sendReceipt(peer: PublicKey, receipt: Receipt): void {
    this.#receipts.send(peer, receipt);
  }

  /** Tops up the peer's stock of our keys. */
  exchangeKeys(peer: PublicKey): Promise<'sent' | 'not-needed' | 'offline'> {
    return this.#components.queues.run(peer, () => this.#keys.offer(peer, { fill: true }));
  }

  /** @throws ErrNoSession, ErrMalformed, ErrRefused */
  processExchange(exchange: Uint8Array): Promise<void> {
    return this.#keys.process(exchange);
  }

  /** The peer is no longer a friend. */
  forget(peer: PublicKey): void {
    this.#keys.forget(peer);
    this.#components.resealer.forget(peer);
  }

  /** Resolves when it is dealt with; never rejects. */
  async onMessage(peer: PublicKey, message: SessionMessage): Promise<void> {
    switch (message.kind) {
      case 'state':
        return this.#run(peer, () => this.#onState(peer, message));
      case 'exchange':
        return this.#run(peer, async () => {
          // One that came before these keys does not list them.
          await this.#applyRefused(peer);
          await this.#keys.onExchange(peer, message);
        });
      case 'exchange-ack':
        return this.#run(peer, () => this.#keys.onAck(peer, message));
      case 'exchange-refused':
        return this.#run(peer, () => this.#keys.onRefused(peer, message));
      case 'receipts':
        return this.#run(peer, () => this.#receipts.take(peer, message));
      case 'receipts-confirmed':
        return this.#run(peer, () => this.#receipts.confirmed(peer, message));
      default:
    }
  }

  #sendState(peer: PublicKey): void {
    const { network, nodes, forwardSecurity, clock } = this.#components;
    const meeting = this.#meetings.get(peer);
    if (meeting === undefined) return;
    meeting.lastState = clock.monotonic();
    const isSent = network.send(peer, {
      kind: 'state',
      holdsMail: this.#init.holdsMailFor(peer),
      held: forwardSecurity.held.held(peer),
      batches: forwardSecurity.issued.live(peer),
      hints: nodes.hintsFor(),
      openNodes: nodes.openNodesFor(peer),
    });
    // The peer's queue is full: there is room in a while, and the peer waits for this.
    if (!isSent) this.tellState(peer);
  }

  async #onState(peer: PublicKey, state: MessageOf<'state'>): Promise<void> {
    const meeting = this.#meetings.get(peer);
    if (meeting) meeting.refused = undefined;
    try {
      await this.#applyState(peer, state);
    } catch (error) {
      if (meeting) this.#applyLater(peer, meeting, state);
      throw error;
    }
  }

  #applyLater(peer: PublicKey, meeting: Meeting, state: MessageOf<'state'>): void {
    const { timers, queues } = this.#components;
    if (this.#meetings.get(peer) !== meeting) return;
    meeting.refused = state;
    meeting.again?.cancel();
    meeting.again = timers.after(APPLY_AGAIN, () => {
      // That the disk refuses was said the first time.
      void queues.run(peer, () => this.#applyRefused(peer)).catch(() => undefined);
    });
  }

  async #applyRefused(peer: PublicKey): Promise<void> {
    const refused = this.#meetings.get(peer)?.refused;
    if (refused === undefined) return;
    await this.#onState(peer, refused);
    // The keys that it does not list were given up the first time.
    this.tellState(peer);
  }

  /** The owner's list is the truth: keys that it doesn't name are dead, and so are envelopes sealed to them. */
  async #applyState(peer: PublicKey, state: MessageOf<'state'>): Promise<void> {
    const { forwardSecurity, nodes, resealer, direct, wakeup, hooks } = this.#components;
    const live = new Map(state.batches.map(({ batch, live: indexes }) => [batch, new Set(indexes)]));
    // Keys of ours that we never issued: another copy of this identity did, or this one was restored.
    if (state.held > forwardSecurity.issued.mostHeld(peer)) this.noteForeignKeys(peer);
    const dropped = await resealer.applyState(peer, live);
    forwardSecurity.issued.noteHeld(peer, state.held);
    nodes.noteMet(peer);
    nodes.noteHoldsMail(peer, state.holdsMail);
    nodes.noteHints(peer, state.hints);
    const newNodes = nodes.noteOpenNodes(peer, state.openNodes);
    if (newNodes.length > 0) hooks.onOpenNodes(peer, newNodes);
    this.tellNewNodes();
    if (dropped) this.tellState(peer);
    this.noteSpent(peer);
    direct.ready(peer);
    await this.#keys.offer(peer);
    wakeup.friend(peer);
  }

  #close(peer: PublicKey): void {
    this.#cancelTimers(peer);
    this.#meetings.delete(peer);
    this.#keys.endMeeting(peer);
    this.#receipts.endMeeting(peer);
  }

  #cancelTimers(peer: PublicKey): void {
    const meeting = this.#meetings.get(peer);
    meeting?.pendingState?.cancel();
    meeting?.again?.cancel();
  }

  #run(peer: PublicKey, task: () => Promise<void> | void): Promise<void> {
    const { queues, hooks } = this.#components;
    return queues.run(peer, task).catch((error: unknown) => hooks.onError(error));
  }
}
