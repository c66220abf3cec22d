import { type SendResult, PACKET_WINDOW } from '../../transport';
import type { FriendState, Order } from '../process-messages';
import { PacketBatch, reuse } from '../packet-batch';

/** Who was refused hears of room when so many packets have room at once: each hand-over to the child costs. */
const ROOM = PACKET_WINDOW / 4;

/** `onWritten` is called when the bytes of the order's packets may be used again; never, if they never left. */
export type SendOrder = (order: Order, onWritten?: () => void) => void;

/** One friend, as the parent process knows it: what libtoxcore says of it, and the window to it while connected. */
export class PeerLink {
  state: FriendState;
  readonly #send: SendOrder;
  #link: number | undefined;
  #untaken = 0;
  #refused = false;
  readonly #gathered = new PacketBatch();

  constructor(state: FriendState, send: SendOrder) {
    this.state = state;
    this.#send = send;
  }

  get online(): boolean {
    return this.#link !== undefined;
  }

  connected(link: number): void {
    this.#link = link;
    this.#untaken = 0;
    this.#refused = false;
  }

  disconnected(): void {
    this.#link = undefined;
    this.#gathered.take();
  }

  /** Takes a copy of the packet, or refuses it. What one caller sends at once goes to the child as one order. */
  sendPacket(packet: Uint8Array): SendResult {
    if (this.#link === undefined) return 'offline';
    if (this.#untaken >= PACKET_WINDOW) {
      this.#refused = true;
      return 'busy';
    }
    this.#untaken += 1;
    if (this.#gathered.isEmpty) queueMicrotask(() => this.#flush());
    this.#gathered.add(packet);
    return 'sent';
  }

  /** Behind all packets before it; false when the friend is offline. */
  sendMessage(type: 'normal' | 'action', text: string, request: number): boolean {
    if (this.#link === undefined) return false;
    this.#flush();
    this.#send({ kind: 'message', friend: this.state.number, link: this.#link, type, text, request });
    return true;
  }

  /** libtoxcore took packets. True when a caller was refused before and there is room again for a good many. */
  taken(link: number, count: number): boolean {
    if (link !== this.#link) return false;
    this.#untaken -= count;
    const room = this.#refused && this.#untaken <= PACKET_WINDOW - ROOM;
    if (room) this.#refused = false;
    return room;
  }

  #flush(): void {
    if (this.#link === undefined || this.#gathered.isEmpty) return;
    const packets = this.#gathered.take();
    const order = { kind: 'packets', friend: this.state.number, link: this.#link, packets } as const;
    this.#send(order, () => reuse(packets));
  }
}
