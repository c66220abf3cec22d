import { ToxAsyncError } from '../errors';
import { FrameAssembler } from '../protocol/session/frames';
import { sideOf } from '../protocol/session/handshake';
import { HELLO, WAKE, type HelloFlags } from '../protocol/session/hello';
import { SEALED } from '../protocol/session/sealed-message';
import {
  decodeSessionMessage,
  encodeSessionMessage,
  type SessionMessage,
} from '../protocol/session/message-kinds';
import type { SendResult } from '../transport/transport';
import type { Logger } from '../types';
import { HandshakeSide1 } from './handshake-side-1';
import { HandshakeSide2 } from './handshake-side-2';
import type { HandshakeOptions, HandshakeSide } from './handshake-side';
import { PacketQueue } from './packet-queue';
import { PendingRequests } from './pending-requests';
import { isAnswer, type Answers, type Request, type RequestOptions } from './requests';
import { SealedChannel } from './sealed-channel';
import { UnverifiedBrake } from './unverified-brake';

/** What peers sent that came to nothing; only ever counted. */
export interface IgnoredCounts {
  /** Not of the form it should have: messages outside the seal, and bodies inside. */
  malformed: number;
  /** Sealed messages that do not open, are replayed, or came while none is looked at. */
  unverified: number;
  /** Of a kind or version that this build does not know. */
  unknown: number;
}

export interface PeerSessionOptions extends Omit<HandshakeOptions, 'send' | 'onUnanswered'> {
  readonly log: Logger;
  readonly ignored: IgnoredCounts;
  readonly sendPacket: (packet: Uint8Array) => SendResult;
  /** There are (new) keys: messages can be sent. */
  readonly onSession: () => void;
  /** A sealed message of the peer's opened under the keys in use, for the first time; its hello said `flags`. */
  readonly onProven: (flags: HelloFlags) => void;
  /** Everything sealed but answers to our requests, in the order of sending. */
  readonly onMessage: (message: SessionMessage) => void;
  readonly onUnanswered: () => void;
}

/**
 * One connection with one friend: its handshake, the sealed messages after it, and the requests in them. Nothing
 * that a peer sends throws, and what it makes us keep is bounded.
 */
export class PeerSession {
  readonly #o: PeerSessionOptions;
  readonly #frames = new FrameAssembler();
  readonly #queue: PacketQueue;
  readonly #channel: SealedChannel;
  readonly #brake: UnverifiedBrake;
  readonly #requests: PendingRequests;
  readonly #handshake: HandshakeSide;
  #unanswered = false;
  /** What the hello of the keys in use says of the peer. */
  #flags: HelloFlags | undefined;

  constructor(options: PeerSessionOptions) {
    this.#o = options;
    const { crypto, clock, timers, random, identity, peer } = options;
    this.#queue = new PacketQueue(options.sendPacket);
    this.#channel = new SealedChannel(crypto);
    this.#brake = new UnverifiedBrake(clock);
    this.#requests = new PendingRequests({ timers, random, send: (message) => this.send(message) });
    const Side = sideOf(identity.publicKey, peer) === 1 ? HandshakeSide1 : HandshakeSide2;
    this.#handshake = new Side({
      ...options,
      send: (message) => this.#queue.push(message),
      onUnanswered: () => {
        this.#unanswered = true;
        options.onUnanswered();
      },
    });
  }

  get established(): boolean {
    return this.#channel.ready;
  }

  /** A sealed message of the peer's opened under the keys in use. */
  get proven(): boolean {
    return this.#channel.verified;
  }

  /** Three hellos or wakes had no answer in this connection. */
  get unanswered(): boolean {
    return this.#unanswered;
  }

  begin(): void {
    this.#handshake.begin();
  }

  /** Queues a message behind all others; false without keys, or when too much waits for this peer already. */
  send(message: SessionMessage): boolean {
    const { kind, body } = encodeSessionMessage(message);
    const sealed = this.#channel.seal(kind, body);
    return sealed !== undefined && this.#queue.push(sealed);
  }

  /** @throws as PendingRequests.add */
  async request<R extends Request>(request: R, options?: RequestOptions): Promise<Answers[R['kind']]> {
    if (!this.established) throw notConnected();
    return this.#requests.add(request, options);
  }

  takePacket(packet: Uint8Array): void {
    try {
      const message = this.#frames.accept(packet, this.#o.clock.monotonic());
      if (message) this.#takeMessage(message);
    } catch (error) {
      if (ToxAsyncError.is(error, 'ErrUnsupportedVersion')) this.#o.ignored.unknown += 1;
      else if (ToxAsyncError.is(error, 'ErrMalformed', 'ErrInvalidKey')) this.#o.ignored.malformed += 1;
      else this.#o.log.error(`A packet from a friend could not be handled: ${String(error)}`);
    }
  }

  /** The transport takes packets again. */
  writable(): void {
    this.#queue.writable();
  }

  /** The connection ended: secrets are wiped, requests rejected. */
  close(): void {
    this.#handshake.close();
    this.#channel.close();
    this.#requests.close();
  }

  #takeMessage(message: Uint8Array): void {
    const [first] = message;
    if (first === WAKE) this.#handshake.takeWake();
    else if (first === HELLO) this.#takeHello(message);
    else if (first === SEALED) this.#takeSealed(message);
    else this.#o.ignored.unknown += 1;
  }

  #takeHello(message: Uint8Array): void {
    const agreement = this.#handshake.takeHello(message);
    if (!agreement) return;
    this.#channel.use(agreement.keys);
    this.#flags = agreement.flags;
    this.#o.onSession();
  }

  #takeSealed(bytes: Uint8Array): void {
    // Without keys nothing is tried, so nothing counts: the peer may not know yet that the connection is new.
    if (!this.#channel.ready) return;
    const wasProven = this.proven;
    const sealed = this.#brake.on ? undefined : this.#channel.open(bytes);
    if (!sealed) {
      this.#o.ignored.unverified += 1;
      if (!this.#brake.on) this.#brake.note();
      return;
    }
    if (this.proven && !wasProven && this.#flags !== undefined) this.#o.onProven(this.#flags);
    const message = decodeSessionMessage(sealed.kind, sealed.body);
    if (!message) this.#o.ignored.unknown += 1;
    else if (isAnswer(message)) this.#requests.take(message);
    else this.#o.onMessage(message);
  }
}

export function notConnected(): ToxAsyncError {
  return new ToxAsyncError(
    'ErrNotConnected',
    'There is no session with this friend. Try again when they are online.',
  );
}
