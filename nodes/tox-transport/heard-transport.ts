import type { PublicKey, SendResult, Transport, TransportHandler } from '../../lib/index';
import type { PlainMessage } from '../shared/connection';

/** A transport whose ordinary messages somebody else hears too. */
export class HeardTransport implements Transport {
  readonly #inner: Transport;
  readonly #hear: (message: PlainMessage) => void;

  constructor(inner: Transport, hear: (message: PlainMessage) => void) {
    this.#inner = inner;
    this.#hear = hear;
  }

  get self(): PublicKey {
    return this.#inner.self;
  }

  start(handler: TransportHandler): Promise<void> {
    return this.#inner.start({
      onSelf: (online) => handler.onSelf(online),
      onFriend: (friend, online) => handler.onFriend(friend, online),
      onPacket: (friend, packet) => handler.onPacket(friend, packet),
      onWritable: (friend) => handler.onWritable(friend),
      onFriends: () => handler.onFriends(),
      onMessage: (friend, type, text) => {
        handler.onMessage(friend, type, text);
        this.#hear({ friend, type, text });
      },
    });
  }

  stop(): Promise<void> {
    return this.#inner.stop();
  }

  isOnline(): boolean {
    return this.#inner.isOnline();
  }

  friends(): readonly PublicKey[] {
    return this.#inner.friends();
  }

  isFriendOnline(friend: PublicKey): boolean {
    return this.#inner.isFriendOnline(friend);
  }

  nameOf(friend: PublicKey): string | undefined {
    return this.#inner.nameOf(friend);
  }

  sendPacket(friend: PublicKey, packet: Uint8Array): SendResult {
    return this.#inner.sendPacket(friend, packet);
  }

  sendMessage(friend: PublicKey, type: 'normal' | 'action', text: string): Promise<boolean> {
    return this.#inner.sendMessage(friend, type, text);
  }
}
