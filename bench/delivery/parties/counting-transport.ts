import type { VirtualTransport } from '../../../lib/transport/virtual/virtual-transport';
import type { SendResult, Transport, TransportHandler } from '../../../lib/transport/transport';
import type { PublicKey } from '../../../lib/types';

/** A place on a virtual network that counts the bytes of the packets it sends. */
export class CountingTransport implements Transport {
  readonly #inner: VirtualTransport;
  #bytes = 0;

  constructor(inner: VirtualTransport) {
    this.#inner = inner;
  }

  /** Of all packets that the network took. */
  get sentBytes(): number {
    return this.#bytes;
  }

  get self(): PublicKey {
    return this.#inner.self;
  }

  setOnline(online: boolean): Promise<void> {
    return this.#inner.setOnline(online);
  }

  start(handler: TransportHandler): Promise<void> {
    return this.#inner.start(handler);
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
    const result = this.#inner.sendPacket(friend, packet);
    if (result === 'sent') this.#bytes += packet.length;
    return result;
  }

  sendMessage(friend: PublicKey, type: 'normal' | 'action', text: string): Promise<boolean> {
    return this.#inner.sendMessage(friend, type, text);
  }
}
