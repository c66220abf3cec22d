import { sameBytes, toHex } from '../../bytes';
import type { CryptoProvider } from '../../crypto/provider';
import { ToxAsyncError } from '../../errors';
import type { ForwardSecurityManager } from '../../forward-security/forward-security-manager';
import type { PeerNetwork } from '../../network/peer-network';
import type { Clock } from '../../platform/clock';
import { decodeExchange } from '../../protocol/keys/exchange';
import type { SessionMessage } from '../../protocol/session/message-kinds';
import { type RateLimit, TokenBuckets } from '../../platform/token-bucket';
import type { Store } from '../../store/store';
import type { PublicKey } from '../../types';
import type { KeyedQueue } from '../../platform/keyed-queue';
import type { Resealer } from '../sending/resealer';

/** Refusals that a peer and the user hear of: exchanges beyond them that come to nothing are dropped without a word. */
const REFUSALS: RateLimit = { burst: 16, perSecond: 1 / 60 };

type Of<K extends SessionMessage['kind']> = Extract<SessionMessage, { kind: K }>;

/** What is known of the present meeting. */
interface Offers {
  /** A batch that the peer refused for lack of room is not offered again in this meeting. */
  refused: boolean;
  /** The batch that went out in this meeting and waits for its answer. */
  offered: number | undefined;
}

export interface KeyExchangesParts {
  readonly crypto: CryptoProvider;
  readonly clock: Clock;
  readonly store: Store;
  readonly network: PeerNetwork;
  readonly forwardSecurity: ForwardSecurityManager;
  readonly queues: KeyedQueue;
  readonly resealer: Resealer;
  readonly onKeysExchanged: (peer: PublicKey) => void;
  readonly onKeysRefused: (peer: PublicKey, code: string) => void;
  /** An exchange came again: the peer wants to hear which keys are held. */
  readonly onKnown: (peer: PublicKey) => void;
  /** New keys of the peer's are there, and messages that waited may have used some of them up. */
  readonly onAdded: (peer: PublicKey) => void;
}

/** Gives keys to connected peers and takes theirs. Everything runs in the peer's queue. */
export class KeyExchanges {
  readonly #o: KeyExchangesParts;
  readonly #offers = new Map<string, Offers>();
  readonly #refusals: TokenBuckets;

  constructor(parts: KeyExchangesParts) {
    this.#o = parts;
    this.#refusals = new TokenBuckets(REFUSALS, parts.clock);
  }

  beginMeeting(peer: PublicKey): void {
    this.#offers.set(toHex(peer), { refused: false, offered: undefined });
  }

  endMeeting(peer: PublicKey): void {
    this.#offers.delete(toHex(peer));
  }

  stop(): void {
    this.#offers.clear();
  }

  /** It is no friend any more. */
  forget(peer: PublicKey): void {
    this.#refusals.forget(toHex(peer));
  }

  /** Sends the exchange that waits for its acknowledgement, or a new one if the stock is low. */
  async offer(
    peer: PublicKey,
    how: { onlyPending?: boolean; fill?: boolean } = {},
  ): Promise<'sent' | 'not-needed' | 'offline'> {
    const { network, forwardSecurity, store } = this.#o;
    const offers = this.#offers.get(toHex(peer));
    if (offers === undefined || !network.hasSession(peer)) return 'offline';
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
    offers.offered = batch;
    return network.send(peer, { kind: 'exchange', exchange }) ? 'sent' : 'offline';
  }

  /**
   * Takes an exchange handed to us from outside the network; only while its sender has a session with us.
   * @throws ErrNoSession, ErrMalformed, ErrRefused
   */
  async process(exchange: Uint8Array): Promise<void> {
    const { from } = decodeExchange(exchange);
    if (!this.#o.network.isProven(from)) {
      throw new ToxAsyncError(
        'ErrNoSession',
        'Keys are taken only while there is a session with the friend who made them.',
      );
    }
    const result = await this.#o.queues.run(from, () => this.#take(from, exchange));
    if (result !== 'added' && result !== 'known') {
      throw new ToxAsyncError(
        'ErrRefused',
        `The keys were refused (${result}). Ask the friend for new ones.`,
      );
    }
  }

  async onExchange(peer: PublicKey, { exchange }: Of<'exchange'>): Promise<void> {
    try {
      await this.#take(peer, exchange);
    } catch (error) {
      if (!ToxAsyncError.is(error, 'ErrMalformed', 'ErrUnsupportedVersion')) throw error;
      if (this.#mayTellRefusal(peer)) this.#o.onKeysRefused(peer, 'malformed');
    }
  }

  async onAck(peer: PublicKey, { batch, digest }: Of<'exchange-ack'>): Promise<void> {
    const { forwardSecurity, store, onKeysExchanged } = this.#o;
    const writes = store.batch();
    const expected = forwardSecurity.issued.acknowledge(writes, peer, batch, digest);
    await writes.commit();
    if (expected) onKeysExchanged(peer);
  }

  async onRefused(peer: PublicKey, { batch, code }: Of<'exchange-refused'>): Promise<void> {
    const { forwardSecurity, store, onKeysRefused } = this.#o;
    const writes = store.batch();
    const known = forwardSecurity.issued.refuse(writes, peer, batch);
    await writes.commit();
    if (!known) return;
    onKeysRefused(peer, code);
    const offers = this.#offers.get(toHex(peer));
    // Another number settles 'batch in use'; anything else would be refused again.
    if (offers !== undefined && code !== 'batch-in-use') offers.refused = true;
    await this.offer(peer);
  }

  /** In the peer's queue: takes the keys, answers, and seals what waited for them. */
  async #take(peer: PublicKey, exchange: Uint8Array): Promise<string> {
    const { forwardSecurity, network, crypto, resealer } = this.#o;
    const { batch, result } = await forwardSecurity.processPreKeyExchange(exchange, {
      isFrom: (owner) => sameBytes(owner, peer),
    });
    if (result !== 'added' && result !== 'known') {
      if (!this.#mayTellRefusal(peer)) return result;
      network.send(peer, { kind: 'exchange-refused', batch, code: result });
      this.#o.onKeysRefused(peer, result);
      return result;
    }
    const digest = crypto.sha256(exchange).slice(0, 16);
    network.send(peer, { kind: 'exchange-ack', batch, digest });
    if (result === 'known') {
      this.#o.onKnown(peer);
    } else {
      this.#o.onKeysExchanged(peer);
      await resealer.sealWaiting(peer);
      this.#o.onAdded(peer);
    }
    return result;
  }

  #mayTellRefusal(peer: PublicKey): boolean {
    return this.#refusals.take(toHex(peer)) === 0;
  }
}
