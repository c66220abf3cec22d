import type { PeerNetwork } from '../../network/peer-network';
import type { MessageOf } from '../../network/requests';
import { PeerMap } from '../../peer-map';
import type { Timer } from '../../platform/timers';
import type { Receipt } from '../../protocol/session/session-message';
import type { PublicKey } from '../../types';
import { RECEIPTS_PER_MESSAGE } from '../client-limits';
import type { AsyncClientHooks } from '../client-options';
import type { BaseComponents } from '../components';
import type { OwedReceipts } from '../journal/owed-receipts';
import type { ServiceMail } from '../journal/service-mail';
import { type Completion, firstOfEach } from '../sending/completion';
import type { DirectDelivery } from '../sending/direct-delivery';

/** Messages of receipts that stand before the first state, which the peer waits for. */
const BEFORE_STATE = 32;
/** Pause before receipts that found no room in the peer's queue are tried again, milliseconds. */
const REST_INTERVAL = 1_000;

export interface ReceiptExchangeComponents extends Pick<BaseComponents, 'store' | 'timers'> {
  readonly network: Pick<PeerNetwork, 'send'>;
  readonly receipts: Pick<OwedReceipts, 'confirm' | 'markSent' | 'owedTo'>;
  readonly mail: Pick<ServiceMail, 'of' | 'remove'>;
  readonly completion: Pick<Completion, 'receipt'>;
  readonly direct: Pick<DirectDelivery, 'expectState'>;
  readonly hooks: Pick<AsyncClientHooks, 'onError'>;
}

/** Receipts that go out and come in while there is a session (docs/PROTOCOL.md, "Meeting"); in the peer's queue. */
export class ReceiptExchange {
  readonly #components: ReceiptExchangeComponents;
  /** What follows the state and has not gone out, and the timer that tries again. */
  readonly #rest = new PeerMap<{ readonly messages: MessageOf<'receipts'>[]; again?: Timer }>();

  constructor(components: ReceiptExchangeComponents) {
    this.#components = components;
  }

  /** Those that stand before the state. A disk that cannot note that they leave keeps them here, and nothing else. */
  async sendFirst(peer: PublicKey): Promise<void> {
    const { receipts, store, network, hooks } = this.#components;
    const owed = receipts.owedTo(peer);
    try {
      const writes = store.batch();
      receipts.markSent(writes, peer, owed);
      await writes.commit();
    } catch (error) {
      hooks.onError(error);
      return;
    }
    const messages: MessageOf<'receipts'>[] = [];
    for (let i = 0; i < owed.length; i += RECEIPTS_PER_MESSAGE) {
      messages.push({ kind: 'receipts', receipts: owed.slice(i, i + RECEIPTS_PER_MESSAGE) });
    }
    for (const message of messages.splice(0, BEFORE_STATE)) network.send(peer, message);
    this.#rest.set(peer, { messages });
  }

  /** As many as the peer's queue takes now, the others a moment later. */
  sendRest(peer: PublicKey): void {
    const { network, timers } = this.#components;
    const rest = this.#rest.get(peer);
    if (rest === undefined) return;
    const { messages } = rest;
    while (messages[0] !== undefined && network.send(peer, messages[0])) messages.shift();
    if (messages.length === 0) this.#rest.delete(peer);
    else rest.again = timers.after(REST_INTERVAL, () => this.sendRest(peer));
  }

  /** At once. */
  send(peer: PublicKey, receipt: Receipt): void {
    this.#components.network.send(peer, { kind: 'receipts', receipts: [receipt] });
  }

  /** The peer heard what its mail of receipts says. */
  async dropMail(peer: PublicKey): Promise<void> {
    const { mail, store } = this.#components;
    const writes = store.batch();
    for (const entry of mail.of(peer, 'receipts')) mail.remove(writes, entry);
    await writes.commit();
  }

  async take(peer: PublicKey, { receipts }: MessageOf<'receipts'>): Promise<void> {
    const { store, completion, network, direct } = this.#components;
    direct.expectState(peer);
    const writes = store.batch();
    for (const { messageId, code } of firstOfEach(receipts)) {
      completion.receipt(writes, peer, messageId, code);
    }
    await writes.commit();
    network.send(peer, { kind: 'receipts-confirmed', messageIds: receipts.map((r) => r.messageId) });
  }

  async confirmed(peer: PublicKey, { messageIds }: MessageOf<'receipts-confirmed'>): Promise<void> {
    const writes = this.#components.store.batch();
    this.#components.receipts.confirm(writes, peer, messageIds);
    await writes.commit();
  }

  endMeeting(peer: PublicKey): void {
    this.#rest.get(peer)?.again?.cancel();
    this.#rest.delete(peer);
  }

  stop(): void {
    for (const { again } of this.#rest.values()) again?.cancel();
    this.#rest.clear();
  }
}
