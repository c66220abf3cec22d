import type { SendResult, Transport, TransportHandler } from '../../lib/transport/transport';
import type { VirtualTransport } from '../../lib/transport/virtual/virtual-transport';
import type { PublicKey } from '../../lib/types';

/** A place on a virtual network, where all are friends of all, whose owner knows only some of the others. */
export class AcquaintedTransport implements Transport {
  readonly #inner: VirtualTransport;
  readonly #knows: (name: string) => boolean;

  constructor(inner: VirtualTransport, knows: (name: string) => boolean) {
    this.#inner = inner;
    this.#knows = knows;
  }

  get self(): PublicKey {
    return this.#inner.self;
  }

  start(handler: TransportHandler): Promise<void> {
    const ifKnown =
      <Rest extends unknown[]>(tell: (friend: PublicKey, ...rest: Rest) => void) =>
      (friend: PublicKey, ...rest: Rest) => {
        if (this.#isKnown(friend)) tell(friend, ...rest);
      };
    return this.#inner.start({
      onSelf: (online) => handler.onSelf(online),
      onFriend: ifKnown((friend, online: boolean) => handler.onFriend(friend, online)),
      onPacket: ifKnown((friend, packet: Uint8Array) => handler.onPacket(friend, packet)),
      onWritable: ifKnown((friend) => handler.onWritable(friend)),
      onMessage: ifKnown((friend, type: 'normal' | 'action', text: string) =>
        handler.onMessage(friend, type, text),
      ),
      onFriends: () => handler.onFriends(),
    });
  }

  stop(): Promise<void> {
    return this.#inner.stop();
  }

  isOnline(): boolean {
    return this.#inner.isOnline();
  }

  friends(): readonly PublicKey[] {
    return this.#inner.friends().filter((friend) => this.#isKnown(friend));
  }

  isFriendOnline(friend: PublicKey): boolean {
    return this.#isKnown(friend) && this.#inner.isFriendOnline(friend);
  }

  nameOf(friend: PublicKey): string | undefined {
    return this.#inner.nameOf(friend);
  }

  sendPacket(friend: PublicKey, packet: Uint8Array): SendResult {
    return this.#isKnown(friend) ? this.#inner.sendPacket(friend, packet) : 'offline';
  }

  async sendMessage(friend: PublicKey, type: 'normal' | 'action', text: string): Promise<boolean> {
    return this.#isKnown(friend) && this.#inner.sendMessage(friend, type, text);
  }

  #isKnown(friend: PublicKey): boolean {
    return this.#knows(this.#inner.nameOf(friend) ?? '');
  }
}
