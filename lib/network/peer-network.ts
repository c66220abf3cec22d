import { copyOf, sameBytes } from '../bytes';
import type { CryptoProvider } from '../crypto/provider';
import { ToxAsyncError } from '../errors';
import { PeerMap, PeerSet } from '../peer-map';
import type { Clock } from '../platform/clock';
import { Emitter } from '../platform/emitter';
import type { Random } from '../platform/random';
import type { Timers } from '../platform/timers';
import type { HelloFlags } from '../protocol/session/hello';
import type { SessionMessage } from '../protocol/session/message-kinds';
import type { Transport, TransportHandler } from '../transport/transport';
import type { KeyPair, Logger, PublicKey } from '../types';
import { notConnected, PeerSession, type IgnoredCounts } from './peer-session';
import type { Answers, Request, RequestOptions } from './requests';

export interface PeerNetworkOptions {
  readonly crypto: CryptoProvider;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly identity: KeyPair;
  /** What our hello says to this peer. */
  readonly flagsFor: (peer: PublicKey) => HelloFlags;
  /** Whether there was ever a proven session with this peer, as far as the data directory knows. */
  readonly hasSpoken: (peer: PublicKey) => boolean;
  /** Whether the user lets this peer have ordinary messages although it once spoke the extension. */
  readonly allowsPlain: (peer: PublicKey) => boolean;
  readonly log: Logger;
}

export type PeerNetworkEvents = {
  /**
   * There are new keys with this peer: send the first sealed message now. Comes again when the peer starts over in the
   * same connection. Anybody who has our profile can come this far: note nothing durable of the peer yet.
   */
  session: { readonly peer: PublicKey };
  /** The peer has shown that it has the keys: its first sealed message verified. The flags are those of its hello. */
  proven: { readonly peer: PublicKey } & HelloFlags;
  /** The connection of a peer with a session ended. */
  closed: { readonly peer: PublicKey };
  /** A verified message, answers to our requests excepted; in the order of sending. */
  message: { readonly peer: PublicKey; readonly message: SessionMessage };
  /** The peer turned out not to speak the extension (see isPlainClient). */
  'plain-client': { readonly peer: PublicKey };
  online: { readonly online: boolean };
  friend: { readonly peer: PublicKey; readonly online: boolean };
  /** The transport's set of friends changed. */
  friends: undefined;
  /** An ordinary Tox message. */
  'tox-message': { readonly peer: PublicKey; readonly type: 'normal' | 'action'; readonly text: string };
};

/** All friends who are connected now: a session with each that speaks the extension. */
export class PeerNetwork {
  readonly events: Emitter<PeerNetworkEvents>;
  readonly #o: PeerNetworkOptions;
  readonly #connections = new PeerMap<PeerSession>();
  readonly #spoke = new PeerSet();
  readonly #ignored: IgnoredCounts = { malformed: 0, unverified: 0, unknown: 0 };
  #transport: Transport | undefined;

  constructor(options: PeerNetworkOptions) {
    this.#o = options;
    this.events = new Emitter((error, event) =>
      options.log.error(`A listener for the network event "${event}" failed: ${String(error)}`),
    );
  }

  /**
   * Takes over a transport and starts it.
   * @throws ErrTransportAttached, ErrIdentityMismatch, or what its start throws (it is then not attached)
   */
  async attach(transport: Transport): Promise<void> {
    if (this.#transport) {
      throw new ToxAsyncError(
        'ErrTransportAttached',
        'A transport is already attached. Detach it before attaching another.',
      );
    }
    if (!sameBytes(transport.self, this.#o.identity.publicKey)) {
      throw new ToxAsyncError(
        'ErrIdentityMismatch',
        'The transport runs under another identity. Open it with the identity of this data directory.',
      );
    }
    this.#transport = transport;
    try {
      await transport.start(this.#handlerOf(transport));
    } catch (error) {
      if (this.#transport === transport) this.#release();
      throw error;
    }
  }

  /** Ends every session and stops the transport. */
  async detach(): Promise<void> {
    const transport = this.#transport;
    if (!transport) return;
    this.#release();
    await transport.stop();
  }

  get attached(): boolean {
    return this.#transport !== undefined;
  }

  isOnline(): boolean {
    return this.#transport?.isOnline() ?? false;
  }

  /** Friends of the transport, online or not. */
  friends(): PublicKey[] {
    return [...(this.#transport?.friends() ?? [])];
  }

  isFriendOnline(peer: PublicKey): boolean {
    return this.#connections.has(peer);
  }

  /** For a transport that can't tell it itself: the friend connected or went. */
  setFriendOnline(peer: PublicKey, online: boolean): void {
    if (!this.#transport) return;
    if (online) this.#connect(this.#transport, peer);
    else this.#disconnect(peer);
  }

  hasSession(peer: PublicKey): boolean {
    return this.#connections.get(peer)?.established ?? false;
  }

  /** Whether the peer has shown that it has the session's keys: its hello alone could be anybody's who has ours. */
  isProven(peer: PublicKey): boolean {
    return this.#connections.get(peer)?.proven ?? false;
  }

  /** Peers with a session. */
  sessions(): PublicKey[] {
    return [...this.#connections].filter(([, session]) => session.established).map(([peer]) => peer);
  }

  /** What peers sent that came to nothing, since the start. */
  get ignored(): Readonly<IgnoredCounts> {
    return this.#ignored;
  }

  /** Three hellos (or wakes) had no answer in this connection. */
  isUnanswered(peer: PublicKey): boolean {
    return this.#connections.get(peer)?.unanswered ?? false;
  }

  /**
   * The peer does not answer, and never proved a session. One that once did stays a user of the extension, whatever
   * its connections do now, unless the user says otherwise.
   */
  isPlainClient(peer: PublicKey): boolean {
    if (!this.isUnanswered(peer) || this.isProven(peer)) return false;
    const spoke = this.#spoke.has(peer) || this.#o.hasSpoken(peer);
    return !spoke || this.#o.allowsPlain(peer);
  }

  /** The peer is no longer a friend. */
  forget(peer: PublicKey): void {
    this.#spoke.delete(peer);
  }

  /** Queues a message behind all others; false without a session, or when too much waits for this peer already. */
  send(peer: PublicKey, message: SessionMessage): boolean {
    return this.#connections.get(peer)?.send(message) ?? false;
  }

  /**
   * Sends a request and resolves with its answer: the peer's code is in it.
   * @throws ErrNotConnected no session, or it ended; ErrTimeout no answer in time; ErrRateLimited too
   * much waits for this peer already; the reason of `signal`
   */
  async request<R extends Request>(
    peer: PublicKey,
    request: R,
    options?: RequestOptions,
  ): Promise<Answers[R['kind']]> {
    const session = this.#connections.get(peer);
    if (!session) throw notConnected();
    return session.request(request, options);
  }

  /** An ordinary Tox message; false when the peer is offline or went before its client confirmed it. */
  async sendToxMessage(peer: PublicKey, type: 'normal' | 'action', text: string): Promise<boolean> {
    if (!this.#transport || !this.isFriendOnline(peer)) return false;
    return this.#transport.sendMessage(peer, type, text);
  }

  #handlerOf(transport: Transport): TransportHandler {
    /** What a transport says after it was detached is for nobody. */
    const whileAttached =
      <Args extends unknown[]>(run: (...args: Args) => void) =>
      (...args: Args) => {
        if (this.#transport === transport) run(...args);
      };
    return {
      onSelf: whileAttached((online) => this.events.emit('online', { online })),
      onFriend: whileAttached((peer, online) =>
        online ? this.#connect(transport, peer) : this.#disconnect(peer),
      ),
      onPacket: whileAttached((peer, packet) => this.#connections.get(peer)?.takePacket(packet)),
      onWritable: whileAttached((peer) => this.#connections.get(peer)?.writable()),
      onMessage: whileAttached((peer, type, text) => this.events.emit('tox-message', { peer, type, text })),
      onFriends: whileAttached(() => this.events.emit('friends', undefined)),
    };
  }

  #connect(transport: Transport, friend: PublicKey): void {
    const peer = copyOf(friend);
    if (this.#connections.has(peer) || sameBytes(peer, this.#o.identity.publicKey)) return;
    const session = new PeerSession({
      ...this.#o,
      peer,
      ignored: this.#ignored,
      flags: () => this.#o.flagsFor(peer),
      sendPacket: (packet) => transport.sendPacket(peer, packet),
      onSession: () => this.events.emit('session', { peer }),
      onProven: (flags) => {
        this.#spoke.add(peer);
        this.events.emit('proven', { peer, ...flags });
      },
      onMessage: (message) => this.events.emit('message', { peer, message }),
      onUnanswered: () => {
        if (this.isPlainClient(peer)) this.events.emit('plain-client', { peer });
      },
    });
    this.#connections.set(peer, session);
    session.begin();
    this.events.emit('friend', { peer, online: true });
  }

  #disconnect(peer: PublicKey): void {
    const session = this.#connections.get(peer);
    if (!session) return;
    const { established } = session;
    this.#connections.delete(peer);
    session.close();
    if (established) this.events.emit('closed', { peer });
    this.events.emit('friend', { peer, online: false });
  }

  #release(): void {
    const wasOnline = this.isOnline();
    this.#transport = undefined;
    for (const peer of [...this.#connections.keys()]) this.#disconnect(peer);
    if (wasOnline) this.events.emit('online', { online: false });
  }
}
