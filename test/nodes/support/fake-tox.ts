import assert from 'node:assert/strict';
import {
  chooseCryptoProvider,
  Emitter,
  formatToxId,
  generateKeyPair,
  parseToxId,
  systemPlatform,
  toHex,
  ToxAsyncError,
  type FriendDetails,
  type FriendTransport,
  type FriendTransportEvents,
  type PublicKey,
  type SendResult,
  type ToxcoreTransportOptions,
  type TransportHandler,
  type UserStatus,
} from '../../../lib/index';
import { parseProfile, serialiseProfile, withFriends } from '../../../lib/identity/tox-profile';

/**
 * libtoxcore as the tests want it: it does what it is asked, and remembers that. Nobody is at the other end, unless two
 * are joined.
 */
export class FakeTox implements FriendTransport {
  readonly self: PublicKey;
  readonly options: ToxcoreTransportOptions;
  readonly events = new Emitter<FriendTransportEvents>((error) => {
    throw error;
  });
  /** What was changed or sent, in words. */
  readonly calls: string[] = [];
  /** Thrown by the next starts, one each. */
  readonly failures: ToxAsyncError[];
  /** Whether friends' clients confirm messages. */
  confirms = true;
  readonly lastOnline = new Map<string, number>();
  readonly #online = new Set<string>();
  readonly #joined = new Map<string, FakeTox>();
  #handler: TransportHandler | undefined;
  #wanted = true;
  #running = false;
  #connected = false;

  constructor(options: ToxcoreTransportOptions, failures: ToxAsyncError[]) {
    this.options = options;
    this.failures = failures;
    this.self = parseProfile(options.savedata()).keyPair.publicKey;
  }

  get toxId(): string {
    return formatToxId(this.self, parseProfile(this.options.savedata()).nospam);
  }

  get running(): boolean {
    return this.#running;
  }

  async start(handler: TransportHandler): Promise<void> {
    this.#handler = handler;
    if (this.#wanted) this.#run();
  }

  async stop(): Promise<void> {
    if (this.#running) this.calls.push('stop');
    this.#running = false;
    this.#handler = undefined;
  }

  async setOnline(online: boolean): Promise<void> {
    this.#wanted = online;
    if (!this.#handler || online === this.#running) return;
    if (online) {
      this.#run();
      return;
    }
    this.calls.push('stop');
    this.#running = false;
    this.#connected = false;
    for (const friend of this.friends()) if (this.isFriendOnline(friend)) this.meet(friend, false);
    this.#handler.onSelf(false);
  }

  #run(): void {
    const failure = this.failures.shift();
    if (failure) throw failure;
    this.calls.push('start');
    this.#running = true;
    this.events.emit('running', undefined);
  }

  /** The network is there. */
  connect(): void {
    this.#connected = true;
    this.#handler?.onSelf(true);
  }

  /** A friend comes or goes. */
  meet(friend: PublicKey, online = true): void {
    if (online) this.#online.add(toHex(friend));
    else this.#online.delete(toHex(friend));
    this.#handler?.onFriend(friend, online);
  }

  /** This and another, each a friend of the other, come online to each other, and packets reach the other. */
  join(other: FakeTox): void {
    this.#joined.set(toHex(other.self), other);
    other.#joined.set(toHex(this.self), this);
    this.meet(other.self);
    other.meet(this.self);
  }

  say(friend: PublicKey, type: 'normal' | 'action', text: string): void {
    this.#handler?.onMessage(friend, type, text);
  }

  ask(publicKey: PublicKey, message: string): void {
    this.events.emit('friend-request', { publicKey, message });
  }

  isOnline(): boolean {
    return this.#connected;
  }

  friends(): readonly PublicKey[] {
    return parseProfile(this.options.savedata()).friends.map(({ publicKey }) => publicKey);
  }

  isFriendOnline(friend: PublicKey): boolean {
    return this.#online.has(toHex(friend));
  }

  nameOf(): undefined {
    return undefined;
  }

  details(): readonly FriendDetails[] {
    return this.friends().map((publicKey) => ({
      publicKey,
      online: this.isFriendOnline(publicKey),
      ownName: 'qTox User',
      statusMessage: 'Toxing',
      status: 'available',
      lastOnline: this.lastOnline.get(toHex(publicKey)),
    }));
  }

  sendPacket(friend: PublicKey, packet: Uint8Array): SendResult {
    const other = this.#joined.get(toHex(friend));
    // Later, as packets of a network.
    if (other) setImmediate(() => other.#handler?.onPacket(this.self, packet));
    return 'sent';
  }

  async sendMessage(friend: PublicKey, type: 'normal' | 'action', text: string): Promise<boolean> {
    this.calls.push(`send ${short(friend)} ${type} ${text}`);
    return this.confirms && this.isFriendOnline(friend);
  }

  async addFriend(toxId: string, message: string): Promise<PublicKey> {
    const { publicKey } = parseToxId(toxId);
    this.calls.push(`request ${short(publicKey)} ${message}`);
    await this.#save([...this.friends(), publicKey]);
    return publicKey;
  }

  async acceptFriend(publicKey: PublicKey): Promise<void> {
    this.calls.push(`accept ${short(publicKey)}`);
    await this.#save([...this.friends(), publicKey]);
  }

  async removeFriend(publicKey: PublicKey): Promise<void> {
    this.calls.push(`remove ${short(publicKey)}`);
    await this.#save(this.friends().filter((friend) => toHex(friend) !== toHex(publicKey)));
  }

  async setName(name: string): Promise<void> {
    this.calls.push(`name ${name}`);
  }

  async setStatusMessage(text: string): Promise<void> {
    this.calls.push(`status message ${text}`);
  }

  async setStatus(status: UserStatus): Promise<void> {
    this.calls.push(`status ${status}`);
  }

  async setNospam(): Promise<void> {
    assert.fail('no node does this');
  }

  /** As libtoxcore: only what runs changes its profile, and a friend is there once. */
  async #save(friends: readonly PublicKey[]): Promise<void> {
    if (!this.#running) throw new ToxAsyncError('ErrNotConnected', 'libtoxcore is not running.');
    const unique = [...new Map(friends.map((publicKey) => [toHex(publicKey), { publicKey }])).values()];
    const profile = withFriends(parseProfile(this.options.savedata()), unique);
    await this.options.save(serialiseProfile(profile));
    this.#handler?.onFriends();
  }
}

export function short(key: PublicKey): string {
  return toHex(key).slice(0, 8);
}

/** The key and Tox ID of a stranger. */
export function stranger(): { publicKey: PublicKey; key: string; toxId: string } {
  const { publicKey } = generateKeyPair(chooseCryptoProvider(), systemPlatform.random);
  return { publicKey, key: toHex(publicKey), toxId: formatToxId(publicKey, systemPlatform.random.bytes(4)) };
}
