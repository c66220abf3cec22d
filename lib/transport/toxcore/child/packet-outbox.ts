import type { ChildEvent, Order } from '../process-messages';
import { unpackPackets } from '../packet-batch';
import { SendPacer } from './send-pacer';
import type { Taken } from '../binding/tox-handle';

type Packets = Extract<Order, { kind: 'packets' }>;
export type OutgoingMessage = Extract<Order, { kind: 'message' }>;
type Item = { readonly packet: Uint8Array } | { readonly message: OutgoingMessage };

/** What an outbox takes from libtoxcore. */
export interface Sending {
  sendPacket(friend: number, packet: Uint8Array): Taken;
  /** As ToxHandle's: a number means it was taken. */
  sendMessage(friend: number, message: OutgoingMessage): number | Exclude<Taken, 'taken'>;
  /** Milliseconds of a clock that does not jump. */
  now(): number;
}

/** Most that goes out for one friend in one turn: libtoxcore's next turn must come soon, to acknowledge. */
const PER_TURN = 256;

/** What waits for libtoxcore to take it, on one connection of one friend, in the order in which it was given. */
export class PacketOutbox {
  readonly friend: number;
  readonly link: number;
  readonly #sending: Sending;
  readonly #pacer = new SendPacer();
  #items: Item[] = [];
  /** libtoxcore's numbers of messages under way -> the parent's. */
  readonly #receipts = new Map<number, number>();

  constructor(friend: number, link: number, sending: Sending) {
    this.friend = friend;
    this.link = link;
    this.#sending = sending;
  }

  get waiting(): number {
    return this.#items.length;
  }

  addPackets({ packets }: Packets): void {
    for (const packet of unpackPackets(packets)) this.#items.push({ packet });
  }

  addMessage(message: OutgoingMessage): void {
    this.#items.push({ message });
  }

  /** Gives libtoxcore what it takes now. */
  flush(): ChildEvent[] {
    const { friend, link } = this;
    const now = this.#sending.now();
    const room = this.#pacer.room(now);
    const lost: ChildEvent[] = [];
    let done = 0;
    let count = 0;
    for (const item of this.#items.slice(0, PER_TURN)) {
      if ('packet' in item) {
        if (count >= room) break;
        if (this.#sending.sendPacket(friend, item.packet) === 'full') {
          this.#pacer.refused(now);
          break;
        }
        count += 1;
      } else {
        const id = this.#sending.sendMessage(friend, item.message);
        if (id === 'full') break;
        if (id === 'lost') lost.push(receipt(item.message.request, false));
        else this.#receipts.set(id, item.message.request);
      }
      done += 1;
    }
    this.#items = this.#items.slice(done);
    this.#pacer.took(count);
    return count === 0 ? lost : [{ what: 'taken', friend, link, count }, ...lost];
  }

  /** The friend's client confirmed a message. */
  confirm(id: number): ChildEvent[] {
    const request = this.#receipts.get(id);
    if (request === undefined) return [];
    this.#receipts.delete(id);
    return [receipt(request, true)];
  }

  /** The connection is over: no message on it will be confirmed any more. */
  close(): ChildEvent[] {
    const waiting = this.#items.flatMap((item) => ('message' in item ? [item.message.request] : []));
    const unconfirmed = [...this.#receipts.values(), ...waiting];
    this.#items = [];
    this.#receipts.clear();
    return unconfirmed.map((request) => receipt(request, false));
  }
}

function receipt(request: number, confirmed: boolean): ChildEvent {
  return { what: 'receipt', request, confirmed };
}
