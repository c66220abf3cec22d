import { copyOf, sameBytes, toHex } from '../../bytes';
import { ToxAsyncError } from '../../errors';
import { PeerMap, PeerSet } from '../../peer-map';
import type { Random } from '../../platform/random';
import type { Timers } from '../../platform/timers';
import type { PublicKey } from '../../types';
import { checkMessageText, checkPacket } from '../outgoing';
import type { SendResult, Transport, TransportHandler } from '../transport';
import { readWireMessage } from './read-wire-message';
import { SyncTimetable } from './sync-timetable';
import type { FromForeign, ToForeign, WireAbility } from './wire-messages';
import { WiredLane } from './wired-lane';

const SESSION_BYTES = 8;

interface WiredFriend {
  readonly publicKey: PublicKey;
  /** 64 digits. */
  readonly id: string;
  /** While the friend is online. */
  lane: WiredLane | undefined;
}

/** What a WiredTransport needs. */
export interface WiredTransportOptions {
  /** Our public key: a foreign transport of another identity is refused. */
  readonly self: PublicKey;
  readonly timers: Timers;
  readonly random: Random;
  /** Puts a message on the wire. Never called from inside a call of the core's; must not throw. */
  readonly send: (message: ToForeign) => void;
  /** Somebody who is no friend yet asks to be one. */
  readonly onRequest?: (publicKey: PublicKey, text: string) => void;
}

/**
 * A foreign Tox transport at the other end of a wire, spoken to in messages (docs/WIRING.md, "Bridge"): a bot
 * framework's node, a TCP bridge, or a flow. It asks with `tox/sync` and believes only the `tox/state` that answers
 * it; a state that nobody asked for means that the other side started over, and so do we.
 */
export class WiredTransport implements Transport {
  readonly self: PublicKey;
  readonly #o: WiredTransportOptions;
  readonly #sync: SyncTimetable;
  readonly #friends = new PeerMap<WiredFriend>();
  #handler: TransportHandler | undefined;
  /** Names our question; another one each time we start over. */
  #session = '';
  #synced = false;
  #online = false;
  #can: readonly WireAbility[] = [];
  #messages = 0;

  constructor(options: WiredTransportOptions) {
    this.#o = options;
    this.self = copyOf(options.self);
    this.#sync = new SyncTimetable(options.timers, () =>
      options.send({ topic: 'tox/sync', session: this.#session, self: toHex(this.self) }),
    );
  }

  start(handler: TransportHandler): Promise<void> {
    if (this.#handler === undefined) {
      this.#handler = handler;
      this.#begin();
    }
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#handler = undefined;
    this.#sync.stop();
    this.#forgetState();
    return Promise.resolve();
  }

  /** True once the foreign transport has answered with its state. */
  get isSynced(): boolean {
    return this.#synced;
  }

  isOnline(): boolean {
    return this.#online;
  }

  friends(): readonly PublicKey[] {
    return [...this.#friends.values()].map(({ publicKey }) => publicKey);
  }

  isFriendOnline(friend: PublicKey): boolean {
    return this.#friends.get(friend)?.lane !== undefined;
  }

  /** What a friend calls itself proves nothing: names of friends are for our side to give. */
  nameOf(): undefined {
    return undefined;
  }

  /** @throws ErrInvalidArgument */
  sendPacket(friend: PublicKey, packet: Uint8Array): SendResult {
    checkPacket(packet);
    const known = this.#friends.get(friend);
    if (known?.lane === undefined) return 'offline';
    return known.lane.addPacket({ topic: 'tox/packet', friend: known.id, payload: copyOf(packet) });
  }

  /**
   * False as well when the foreign transport can't send ordinary messages.
   * @throws ErrMessageEmpty, ErrMessageTooLarge
   */
  async sendMessage(friend: PublicKey, type: 'normal' | 'action', text: string): Promise<boolean> {
    checkMessageText(text);
    const known = this.#friends.get(friend);
    const lane = known?.lane;
    if (known === undefined || lane === undefined || !this.#can.includes('tox/message')) return false;
    const messageId = `${this.#session}-${++this.#messages}`;
    const message = { friend: known.id, payload: text, messageType: type, messageId };
    return lane.addMessage({ topic: 'tox/message', ...message });
  }

  /**
   * Asks the foreign transport to make this key a friend. False when it already is one, or that can't be done.
   * @param toxId the whole Tox ID, for a friend request
   */
  addFriend(publicKey: PublicKey, toxId?: string): boolean {
    if (!this.#can.includes('tox/add-friend') || this.#friends.has(publicKey)) return false;
    this.#o.send({
      topic: 'tox/add-friend',
      friend: toHex(publicKey),
      ...(toxId !== undefined && { toxId }),
    });
    return true;
  }

  /**
   * A message from the foreign transport. What is wrong with it changes nothing here.
   * @throws ErrInvalidArgument, ErrInvalidKey, ErrInvalidToxId, ErrMessageEmpty, ErrMessageTooLarge (its form),
   *   ErrIdentityMismatch (a state of another identity), ErrUnknownFriend (not in the last state), ErrNotConnected
   *   (before the first state, or a packet of a friend who is offline)
   */
  take(msg: Readonly<Record<string, unknown>>): void {
    const message = readWireMessage(msg);
    const handler = this.#handler;
    if (message.topic === 'tox/state') {
      // Not started: the question follows when we are.
      if (handler) this.#takeState(message, handler);
      return;
    }
    if (!handler || !this.#synced) {
      throw new ToxAsyncError(
        'ErrNotConnected',
        `${message.topic} arrived before tox/state. Answer tox/sync first, with the same msg.session.`,
      );
    }
    this.#takeOther(message, handler);
  }

  #takeOther(message: Exclude<FromForeign, { topic: 'tox/state' }>, handler: TransportHandler): void {
    switch (message.topic) {
      case 'tox/status':
        this.#setFriendOnline(this.#known(message.friend), message.online);
        return;
      case 'tox/packet': {
        const friend = this.#known(message.friend);
        if (friend.lane === undefined) throw offline(friend);
        handler.onPacket(friend.publicKey, message.packet);
        return;
      }
      case 'tox/message':
        handler.onMessage(this.#known(message.friend).publicKey, message.type, message.text);
        return;
      case 'tox/busy':
        this.#known(message.friend).lane?.hold(message.busy);
        return;
      case 'tox/receipt':
        for (const { lane } of this.#friends.values()) lane?.confirm(message.messageId, message.confirmed);
        return;
      case 'tox/request':
        this.#o.onRequest?.(message.publicKey, message.text);
        return;
    }
  }

  #takeState(state: Extract<FromForeign, { topic: 'tox/state' }>, handler: TransportHandler): void {
    if (!sameBytes(state.self, this.self)) {
      if (this.#synced) this.#beginAnew(handler);
      throw new ToxAsyncError(
        'ErrIdentityMismatch',
        `The transport runs as ${toHex(state.self).slice(0, 8)}, but this session is ${toHex(this.self).slice(0, 8)}. ` +
          "Give both the same Tox profile: import one's secret key into the other.",
      );
    }
    if (state.session !== this.#session) {
      this.#beginAnew(handler);
      return;
    }
    this.#sync.answered();
    this.#synced = true;
    this.#can = state.can;
    const wasOnline = this.#online;
    this.#online = state.online;
    if (this.#replaceFriends(state.friends.map(({ publicKey }) => publicKey))) handler.onFriends();
    if (state.online !== wasOnline) handler.onSelf(state.online);
    for (const { publicKey, online } of state.friends) {
      const friend = this.#friends.get(publicKey);
      if (friend) this.#setFriendOnline(friend, online);
    }
  }

  /** True when the set changed. A friend who is no longer there goes offline first. */
  #replaceFriends(keys: readonly PublicKey[]): boolean {
    const listed = new PeerSet(keys);
    let changed = false;
    for (const friend of this.#friends.values()) {
      if (listed.has(friend.publicKey)) continue;
      this.#setFriendOnline(friend, false);
      this.#friends.delete(friend.publicKey);
      changed = true;
    }
    for (const publicKey of keys) {
      if (this.#friends.has(publicKey)) continue;
      this.#friends.set(publicKey, { publicKey, id: toHex(publicKey), lane: undefined });
      changed = true;
    }
    return changed;
  }

  /** A status that is known already changes nothing: bots repeat it at each change of the route. */
  #setFriendOnline(friend: WiredFriend, online: boolean): void {
    const handler = this.#handler;
    if (!handler || online === (friend.lane !== undefined)) return;
    if (online) {
      const { timers, send } = this.#o;
      const onWritable = () => this.#handler?.onWritable(friend.publicKey);
      friend.lane = new WiredLane({ timers, send, onWritable });
    } else {
      disconnect(friend);
    }
    handler.onFriend(friend.publicKey, online);
  }

  /** Connections of the other side's earlier life are over. While we ask already, an old state is just late. */
  #beginAnew(handler: TransportHandler): void {
    if (this.#sync.isAsking) return this.#sync.hurry();
    const wasOnline = this.#online;
    const lost = [...this.#friends.values()].filter(({ lane }) => lane !== undefined);
    this.#forgetState();
    for (const { publicKey } of lost) handler.onFriend(publicKey, false);
    if (wasOnline) handler.onSelf(false);
    this.#begin();
  }

  #begin(): void {
    this.#session = toHex(this.#o.random.bytes(SESSION_BYTES));
    this.#sync.begin();
  }

  /** The list of friends stays: all of them are offline now. */
  #forgetState(): void {
    this.#synced = false;
    this.#online = false;
    this.#can = [];
    for (const friend of this.#friends.values()) disconnect(friend);
  }

  #known(publicKey: PublicKey): WiredFriend {
    const friend = this.#friends.get(publicKey);
    if (friend) return friend;
    throw new ToxAsyncError(
      'ErrUnknownFriend',
      `${toHex(publicKey).slice(0, 8)} is not in the last tox/state. Send one with all friends whenever they change.`,
    );
  }
}

function disconnect(friend: WiredFriend): void {
  friend.lane?.close();
  friend.lane = undefined;
}

function offline(friend: WiredFriend): ToxAsyncError {
  return new ToxAsyncError(
    'ErrNotConnected',
    `A packet arrived from ${friend.id.slice(0, 8)}, who is offline. Send tox/status with true before their packets.`,
  );
}
