import { toHex } from '../../../../lib/bytes';
import type { SendResult, Transport, TransportHandler } from '../../../../lib/transport/transport';
import type { PublicKey } from '../../../../lib/types';
import { bytesOf, type FromDevice, type ToDevice } from './child-messages';

/** The child's end of a virtual network that lives on in the parent. */
export class ChildTransport implements Transport {
  readonly #tell: (message: FromDevice) => void;
  readonly #names = new Map<string, string>();
  readonly #online = new Set<string>();
  #handler: TransportHandler | undefined;
  #isOnline = false;
  #joined: () => void = () => undefined;

  constructor(
    readonly self: PublicKey,
    tell: (message: FromDevice) => void,
  ) {
    this.#tell = tell;
  }

  /** Resolves with the first list of friends. */
  start(handler: TransportHandler): Promise<void> {
    this.#handler = handler;
    return new Promise((resolve) => {
      this.#joined = resolve;
      this.#tell({ kind: 'join', key: toHex(this.self) });
    });
  }

  stop(): Promise<void> {
    this.#handler = undefined;
    return Promise.resolve();
  }

  isOnline(): boolean {
    return this.#isOnline;
  }

  friends(): readonly PublicKey[] {
    return [...this.#names.keys()].map(bytesOf);
  }

  isFriendOnline(friend: PublicKey): boolean {
    return this.#online.has(toHex(friend));
  }

  nameOf(friend: PublicKey): string | undefined {
    return this.#names.get(toHex(friend));
  }

  /** The parent keeps to the window. */
  sendPacket(friend: PublicKey, packet: Uint8Array): SendResult {
    if (!this.isFriendOnline(friend)) return 'offline';
    this.#tell({ kind: 'packet', friend: toHex(friend), packet: Buffer.from(packet).toString('base64') });
    return 'sent';
  }

  sendMessage(): Promise<boolean> {
    return Promise.resolve(false);
  }

  /** What the parent tells of the network. */
  take(message: Extract<ToDevice, { kind: 'self' | 'friends' | 'friend' | 'packet' }>): void {
    switch (message.kind) {
      case 'self':
        this.#isOnline = message.online;
        this.#handler?.onSelf(message.online);
        return;
      case 'friends':
        for (const { key, name } of message.friends) this.#names.set(key, name);
        this.#joined();
        this.#handler?.onFriends();
        return;
      case 'friend':
        if (message.online) this.#online.add(message.friend);
        else this.#online.delete(message.friend);
        this.#handler?.onFriend(bytesOf(message.friend), message.online);
        return;
      case 'packet':
        this.#handler?.onPacket(
          bytesOf(message.friend),
          new Uint8Array(Buffer.from(message.packet, 'base64')),
        );
    }
  }
}
