import { toHex } from '../../bytes';
import { checkPublicKey } from '../../crypto/public-key';
import { asToxAsyncError, ToxAsyncError } from '../../errors';
import { formatToxId, NOSPAM_BYTES } from '../../identity/tox-id';
import { parseProfile } from '../../identity/tox-profile';
import { Emitter } from '../../platform/emitter';
import { systemTimers, type Timers } from '../../platform/timers';
import { silentLogger, type Logger, type PublicKey } from '../../types';
import type { FriendDetails, FriendTransport, FriendTransportEvents, UserStatus } from '../friend-transport';
import { checkMessageText, checkPacket } from '../outgoing';
import type { SendResult, TransportHandler } from '../transport';
import { friendRequest } from './parent/friend-request';
import type { Call, ChildEvent, ProfileState } from './process-messages';
import { unpackPackets } from './packet-batch';
import { PeerTable } from './parent/peer-table';
import { completeSettings, type ToxcoreSettings } from './toxcore-settings';
import { Supervisor } from './parent/supervisor';

/** What a ToxcoreTransport needs. */
export interface ToxcoreTransportOptions {
  readonly settings: ToxcoreSettings;
  /** The Tox profile now, not sealed: read at each start of libtoxcore. */
  readonly savedata: () => Uint8Array;
  /** Makes a newer profile durable. Only this process writes it. */
  readonly save: (savedata: Uint8Array) => Promise<void>;
  readonly timers?: Timers;
  readonly log?: Logger;
}

/**
 * The real Tox network, by libtoxcore in a child process. When that process crashes, hangs or is killed, every
 * friend is seen going offline and a new one is started, with the same identity.
 */
export class ToxcoreTransport implements FriendTransport {
  readonly self: PublicKey;
  readonly events: Emitter<FriendTransportEvents>;
  readonly #o: ToxcoreTransportOptions;
  readonly #log: Logger;
  readonly #supervisor: Supervisor;
  readonly #peers = new PeerTable((order, onWritten) => this.#supervisor.send(order, onWritten));
  readonly #receipts = new Map<number, (confirmed: boolean) => void>();
  #toxId: string;
  /** Each start has its own: what a stopped run still says is for nobody. */
  #run: { readonly handler: TransportHandler; readonly started: Promise<void> } | undefined;
  /** The last start, until the transport is stopped. */
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> = Promise.resolve();
  #wanted = true;
  #online = false;

  /** @throws ErrInvalidArgument (the settings), ErrMalformed (the profile) */
  constructor(options: ToxcoreTransportOptions) {
    this.#o = options;
    this.#log = options.log ?? silentLogger;
    const { keyPair, nospam, friends } = parseProfile(options.savedata());
    this.self = keyPair.publicKey;
    this.#toxId = formatToxId(keyPair.publicKey, nospam);
    this.events = new Emitter((error, event) =>
      this.#log.error(`A listener for the transport event "${event}" failed: ${String(error)}`),
    );
    this.#supervisor = new Supervisor({
      settings: completeSettings(options.settings),
      timers: options.timers ?? systemTimers,
      log: this.#log,
      savedata: options.savedata,
      onOpened: (profile) => {
        this.#takeProfile(profile);
        this.events.emit('running', undefined);
      },
      onEvents: (events) => {
        for (const event of events) this.#take(event);
      },
      onLost: (reason, waitMs) => this.#lost(reason, waitMs),
    });
    this.#peers.beginWith(friends);
  }

  get toxId(): string {
    return this.#toxId;
  }

  /** Process id of the child, while there is one. */
  get childPid(): number | undefined {
    return this.#supervisor.childPid;
  }

  /**
   * @throws ErrMissingLibrary, ErrUnsupportedVersion, ErrPortInUse, ErrProxy, ErrIdentityFile (damaged savedata),
   *   ErrPassphrase (sealed savedata), ErrTransport
   */
  start(handler: TransportHandler): Promise<void> {
    this.#run ??= { handler, started: this.#wanted ? this.#goOnline() : Promise.resolve() };
    const run = this.#run;
    return run.started.catch((error: unknown) => {
      if (this.#run === run) this.#run = undefined;
      throw error;
    });
  }

  async stop(): Promise<void> {
    if (!this.#run) return this.#stopping;
    this.#run = undefined;
    this.#endConnections();
    this.#online = false;
    return this.#goOffline();
  }

  async setOnline(online: boolean): Promise<void> {
    this.#wanted = online;
    if (!this.#run) return;
    if (!online) {
      this.#tellLost();
      return this.#goOffline();
    }
    return this.#starting?.catch(() => this.#goOnline()) ?? this.#goOnline();
  }

  isOnline(): boolean {
    return this.#online;
  }

  friends(): readonly PublicKey[] {
    return this.#peers.keys();
  }

  isFriendOnline(friend: PublicKey): boolean {
    return this.#peers.get(friend)?.online ?? false;
  }

  /** What a friend calls itself proves nothing: names of friends are for our side to give. See `details`. */
  nameOf(): undefined {
    return undefined;
  }

  details(): readonly FriendDetails[] {
    return this.#peers.details();
  }

  /** @throws ErrInvalidArgument */
  sendPacket(friend: PublicKey, packet: Uint8Array): SendResult {
    checkPacket(packet);
    return this.#peers.get(friend)?.sendPacket(packet) ?? 'offline';
  }

  /** @throws ErrMessageEmpty, ErrMessageTooLarge */
  async sendMessage(friend: PublicKey, type: 'normal' | 'action', text: string): Promise<boolean> {
    checkMessageText(text);
    const request = this.#supervisor.nextRequest();
    if (this.#peers.get(friend)?.sendMessage(type, text, request) !== true) return false;
    return new Promise((resolve) => this.#receipts.set(request, resolve));
  }

  async addFriend(toxId: string, message: string): Promise<PublicKey> {
    const { publicKey, address } = friendRequest(toxId, message, this.self);
    await this.#change({ do: 'add-friend', address, message });
    return publicKey;
  }

  async acceptFriend(publicKey: PublicKey): Promise<void> {
    checkPublicKey(publicKey, 'The key of the friend', this.self);
    await this.#change({ do: 'accept-friend', publicKey });
  }

  async removeFriend(publicKey: PublicKey): Promise<void> {
    await this.#change({ do: 'remove-friend', publicKey });
  }

  async setName(name: string): Promise<void> {
    await this.#change({ do: 'set-name', name });
  }

  async setStatusMessage(text: string): Promise<void> {
    await this.#change({ do: 'set-status-message', text });
  }

  async setStatus(status: UserStatus): Promise<void> {
    await this.#change({ do: 'set-status', status });
  }

  async setNospam(nospam: Uint8Array): Promise<void> {
    if (nospam.length !== NOSPAM_BYTES)
      throw new ToxAsyncError('ErrInvalidArgument', `A nospam must have ${NOSPAM_BYTES} bytes.`);
    await this.#change({ do: 'set-nospam', nospam });
  }

  /** Begins when the last run has ended, unless the next one was asked for by then. */
  #goOnline(): Promise<void> {
    const starting = this.#stopping.then(() => {
      if (this.#starting !== starting) {
        throw new ToxAsyncError('ErrClosed', 'The transport was stopped while it was starting.');
      }
      return this.#supervisor.start();
    });
    this.#starting = starting;
    return starting;
  }

  #goOffline(): Promise<void> {
    this.#starting = undefined;
    const before = this.#stopping;
    this.#stopping = this.#supervisor.stop().then(async (savedata) => {
      if (savedata) await this.#saveLast(savedata);
      await before;
    });
    return this.#stopping;
  }

  async #change(call: Call): Promise<void> {
    await this.#o.save(await this.#supervisor.call(call));
  }

  /** Friends and name were saved when they changed: a last save that fails loses no more than known addresses. */
  async #saveLast(savedata: Uint8Array): Promise<void> {
    await this.#o.save(savedata).catch((error: unknown) => {
      this.#log.warn(
        `The Tox profile could not be saved at shutdown: ${asToxAsyncError(error, 'ErrStore').message}`,
      );
    });
  }

  #take(event: ChildEvent): void {
    const handler = this.#run?.handler;
    if (!handler) return;
    switch (event.what) {
      case 'self':
        this.#online = event.online;
        handler.onSelf(event.online);
        return;
      case 'friend': {
        const peer = this.#peers.numbered(event.friend);
        if (!peer) return;
        if (event.online) peer.connected(event.link);
        else peer.disconnected();
        handler.onFriend(peer.state.publicKey, event.online);
        return;
      }
      case 'packets':
        this.#takePackets(event);
        return;
      case 'taken': {
        const peer = this.#peers.numbered(event.friend);
        if (peer?.taken(event.link, event.count) === true) handler.onWritable(peer.state.publicKey);
        return;
      }
      case 'message': {
        const sender = this.#peers.numbered(event.friend)?.state.publicKey;
        if (sender) handler.onMessage(sender, event.type, event.text);
        return;
      }
      case 'receipt':
        this.#receipts.get(event.request)?.(event.confirmed);
        this.#receipts.delete(event.request);
        return;
      case 'request':
        this.events.emit('friend-request', { publicKey: event.publicKey, message: event.text });
        return;
      case 'profile':
        this.#takeProfile(event.profile);
        return;
    }
  }

  /** A handler may stop the transport between two packets. */
  #takePackets({ friend, packets }: Extract<ChildEvent, { what: 'packets' }>): void {
    const run = this.#run;
    const peer = this.#peers.numbered(friend);
    for (const packet of unpackPackets(packets)) {
      if (this.#run !== run || peer?.online !== true) return;
      run?.handler.onPacket(peer.state.publicKey, packet);
    }
  }

  #takeProfile({ address, friends }: ProfileState): void {
    this.#toxId = toHex(address).toUpperCase();
    if (this.#peers.update(friends)) this.#run?.handler.onFriends();
    this.events.emit('details', undefined);
  }

  #lost(reason: string, waitMs: number): void {
    this.#tellLost();
    this.events.emit('restarting', { reason, waitMs });
  }

  /** Every connection is over. */
  #tellLost(): void {
    const wasOnline = this.#online;
    this.#online = false;
    const lost = this.#endConnections();
    for (const friend of lost) this.#run?.handler.onFriend(friend, false);
    if (wasOnline) this.#run?.handler.onSelf(false);
  }

  #endConnections(): PublicKey[] {
    const lost = this.#peers.disconnectAll();
    const unconfirmed = [...this.#receipts.values()];
    this.#receipts.clear();
    for (const tell of unconfirmed) tell(false);
    return lost;
  }
}
