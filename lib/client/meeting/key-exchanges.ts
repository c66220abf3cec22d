import { sameBytes } from '../../bytes';
import { PeerMap } from '../../peer-map';
import { ToxAsyncError } from '../../errors';
import type { ForwardSecurityManager } from '../../forward-security/forward-security-manager';
import type { PeerNetwork } from '../../network/peer-network';
import type { MessageOf } from '../../network/requests';
import { decodeExchange } from '../../protocol/keys/exchange';
import type { Timer } from '../../platform/timers';
import { type RateLimit, TokenBuckets } from '../../platform/token-bucket';
import type { PublicKey } from '../../types';
import type { AsyncClientHooks } from '../client-options';
import type { BaseComponents } from '../components';
import type { KeyedQueue } from '../../platform/queues/keyed-queue';
import type { Resealer } from '../sending/resealer';

/** Refusals that a peer and the user hear of: exchanges beyond them that come to nothing are dropped without a word. */
const REFUSALS: RateLimit = { burst: 16, perSecond: 1 / 60 };

/** A peer that has no room for keys is offered others after this many milliseconds, if it is still there. */
const ROOM_INTERVAL = 3_600_000;
/** Pause before an exchange that found no room in the peer's queue goes out again, milliseconds. */
const QUEUE_INTERVAL = 10_000;

/** What is known of the present meeting. */
interface Offers {
  /** A batch was refused: none is offered in this meeting, unless it was for lack of room. */
  refused: boolean;
  /** After a refusal for lack of room, or when our queue to the peer was full: when it is tried again. */
  again: Timer | undefined;
  /** The batch that went out in this meeting and waits for its answer. */
  offered: number | undefined;
}

export interface KeyExchangesComponents extends Pick<
  BaseComponents,
  'crypto' | 'clock' | 'store' | 'timers'
> {
  readonly network: Pick<PeerNetwork, 'isProven' | 'send'>;
  readonly forwardSecurity: Pick<ForwardSecurityManager, 'issued' | 'processPreKeyExchange'>;
  readonly queues: KeyedQueue;
  readonly resealer: Pick<Resealer, 'sealWaiting'>;
  readonly hooks: Pick<AsyncClientHooks, 'onKeysExchanged' | 'onKeysRefused' | 'onError'>;
}

export interface KeyExchangesInit {
  /** An exchange came again: the peer wants to hear which keys are held. */
  readonly onKnown: (peer: PublicKey) => void;
  /** New keys of the peer's are there, and messages that waited may have used some of them up. */
  readonly onAdded: (peer: PublicKey) => void;
}

/** Gives keys to connected peers and takes theirs. Everything runs in the peer's queue. */
export class KeyExchanges {
  readonly #components: KeyExchangesComponents;
  readonly #init: KeyExchangesInit;
  readonly #offers = new PeerMap<Offers>();
  readonly #refusals: TokenBuckets;

  constructor(components: KeyExchangesComponents, init: KeyExchangesInit) {
    this.#components = components;
    this.#init = init;
    this.#refusals = new TokenBuckets(REFUSALS, components.clock);
  }

  beginMeeting(peer: PublicKey): void {
    this.endMeeting(peer);
    this.#offers.set(peer, { refused: false, again: undefined, offered: undefined });
  }

  endMeeting(peer: PublicKey): void {
    this.#offers.get(peer)?.again?.cancel();
    this.#offers.delete(peer);
  }

  stop(): void {
    for (const { again } of this.#offers.values()) again?.cancel();
    this.#offers.clear();
  }

  /** The peer is no longer a friend. */
  forget(peer: PublicKey): void {
    this.#refusals.forget(peer);
  }

  /** Sends the exchange that waits for its acknowledgement, or a new one if the stock is low. */
  async offer(
    peer: PublicKey,
    how: { onlyPending?: boolean; fill?: boolean } = {},
  ): Promise<'sent' | 'not-needed' | 'offline'> {
    const { network, forwardSecurity, store } = this.#components;
    const offers = this.#offers.get(peer);
    if (offers === undefined || !network.isProven(peer)) return 'offline';
    const { issued } = forwardSecurity;
    const pending = issued.pending(peer);
    const count = pending || how.onlyPending ? 0 : issued.shortage(peer, { fill: how.fill ?? false });
    if (offers.refused || (pending === undefined && count === 0)) return 'not-needed';
    // Nothing is lost within a session: an answer will come.
    if (pending !== undefined && pending.batch === offers.offered && how.fill !== true) return 'sent';
    const writes = store.batch();
    if (pending !== undefined) issued.markSent(writes, peer, pending.batch);
    const { batch, exchange } = pending ?? (await issued.issue(writes, peer, count));
    await writes.commit();
    const isSent = network.send(peer, { kind: 'exchange', exchange });
    offers.offered = isSent ? batch : undefined;
    if (!isSent) this.#offerLater(peer, offers, QUEUE_INTERVAL);
    return isSent ? 'sent' : 'offline';
  }

  /**
   * Takes an exchange handed to us from outside the network; only while its sender has a session with us.
   * @throws ErrNoSession, ErrMalformed, ErrRefused
   */
  async process(exchange: Uint8Array): Promise<void> {
    const { from } = decodeExchange(exchange);
    if (!this.#components.network.isProven(from)) {
      throw new ToxAsyncError(
        'ErrNoSession',
        'Keys are accepted only while a session with the friend who made them is open.',
      );
    }
    const result = await this.#components.queues.run(from, () => this.#take(from, exchange));
    if (result !== 'added' && result !== 'known') {
      throw new ToxAsyncError(
        'ErrRefused',
        `The keys were refused (${result}). Ask the friend for new ones.`,
      );
    }
  }

  async onExchange(peer: PublicKey, { exchange }: MessageOf<'exchange'>): Promise<void> {
    try {
      await this.#take(peer, exchange);
    } catch (error) {
      if (!ToxAsyncError.is(error, 'ErrMalformed', 'ErrUnsupportedVersion')) throw error;
      if (this.#mayTellRefusal(peer)) this.#components.hooks.onKeysRefused(peer, 'malformed');
    }
  }

  async onAck(peer: PublicKey, { batch, digest }: MessageOf<'exchange-ack'>): Promise<void> {
    const { forwardSecurity, store, hooks } = this.#components;
    const writes = store.batch();
    const expected = forwardSecurity.issued.acknowledge(writes, peer, batch, digest);
    await writes.commit();
    if (expected) hooks.onKeysExchanged(peer);
  }

  async onRefused(peer: PublicKey, { batch, code }: MessageOf<'exchange-refused'>): Promise<void> {
    const { forwardSecurity, store, hooks } = this.#components;
    const writes = store.batch();
    const known = forwardSecurity.issued.refuse(writes, peer, batch);
    await writes.commit();
    if (!known) return;
    hooks.onKeysRefused(peer, code);
    const offers = this.#offers.get(peer);
    // Another number settles 'batch in use'; anything else would be refused again.
    if (offers !== undefined && code !== 'batch-in-use') offers.refused = true;
    if (offers !== undefined && code === 'no-room') this.#offerLater(peer, offers, ROOM_INTERVAL);
    await this.offer(peer);
  }

  /** In the peer's queue: takes the keys, answers, and seals what waited for them. */
  async #take(peer: PublicKey, exchange: Uint8Array): Promise<string> {
    const { forwardSecurity, network, crypto, resealer, hooks } = this.#components;
    const { batch, result } = await forwardSecurity.processPreKeyExchange(exchange, {
      isFrom: (owner) => sameBytes(owner, peer),
    });
    if (result !== 'added' && result !== 'known') {
      if (!this.#mayTellRefusal(peer)) return result;
      network.send(peer, { kind: 'exchange-refused', batch, code: result });
      hooks.onKeysRefused(peer, result);
      return result;
    }
    const digest = crypto.sha256(exchange).slice(0, 16);
    network.send(peer, { kind: 'exchange-ack', batch, digest });
    if (result === 'known') {
      this.#init.onKnown(peer);
    } else {
      hooks.onKeysExchanged(peer);
      await resealer.sealWaiting(peer);
      this.#init.onAdded(peer);
    }
    return result;
  }

  /** Room comes with time, and a session may last for months. */
  #offerLater(peer: PublicKey, offers: Offers, ms: number): void {
    if (this.#offers.get(peer) !== offers) return;
    const { timers, queues, hooks } = this.#components;
    offers.again?.cancel();
    offers.again = timers.after(ms, () => {
      offers.refused = false;
      queues.run(peer, () => this.offer(peer)).catch((error: unknown) => hooks.onError(error));
    });
  }

  #mayTellRefusal(peer: PublicKey): boolean {
    return this.#refusals.take(peer) === 0;
  }
}
