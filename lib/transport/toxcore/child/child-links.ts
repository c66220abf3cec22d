import { readUtf8 } from '../../../bytes';
import { PacketOutbox, type Sending } from './packet-outbox';
import type { ChildEvent, Order } from '../process-messages';
import { packPackets } from '../packet-batch';
import type { ToxEvents } from '../binding/tox-events';

/** Most packets in one event. */
const PACKETS_TOGETHER = 256;
/** The parent takes a report as a whole: it is to be short. */
const REPORT_BYTES = 128 * 1024;
/** Of an event beside its packets or text, about. */
const FIELDS_BYTES = 64;

/** The connections to friends, as the child sees them. */
export class ChildLinks {
  readonly #sending: Sending;
  readonly #links = new Map<number, PacketOutbox>();
  #made = 0;
  #selfConnected = false;
  #toldOnline = false;

  constructor(sending: Sending) {
    this.#sending = sending;
  }

  /** Friends who are connected. */
  get size(): number {
    return this.#links.size;
  }

  get isOnline(): boolean {
    // On a small network libtoxcore's own word flaps while friends stay connected.
    return this.#selfConnected || this.#links.size > 0;
  }

  /** Packets and messages that libtoxcore has not taken. */
  get waiting(): number {
    let waiting = 0;
    for (const link of this.#links.values()) waiting += link.waiting;
    return waiting;
  }

  /** Takes something to send; what was meant for a connection that has ended is dropped. */
  send(order: Extract<Order, { kind: 'packets' | 'message' }>): ChildEvent[] {
    const link = this.#links.get(order.friend);
    if (link?.link !== order.link)
      return order.kind === 'message' ? [{ what: 'receipt', request: order.request, confirmed: false }] : [];
    if (order.kind === 'packets') link.addPackets(order);
    else link.addMessage(order);
    return link.flush();
  }

  flush(): ChildEvent[] {
    return [...this.#links.values()].flatMap((link) => link.flush());
  }

  /** A friend was removed. */
  remove(friend: number): ChildEvent[] {
    return [...this.#disconnect(friend), ...this.#tellSelf()];
  }

  /**
   * One turn's events for the parent. libtoxcore gives them in groups: what a friend sent comes between the
   * beginning of its connection and its end.
   */
  take(events: ToxEvents): ChildEvent[] {
    const ended = new Set<number>();
    const told: ChildEvent[] = [];
    this.#selfConnected = events.self.at(-1) ?? this.#selfConnected;
    for (const { friend, online } of events.connections) {
      if (online)
        told.push(...(ended.delete(friend) ? this.#disconnect(friend) : []), ...this.#connect(friend));
      else if (this.#links.has(friend)) ended.add(friend);
    }
    told.unshift(...this.#tellSelf());
    // One turn can bring more messages than a call takes arguments.
    for (const group of [packetsOf(events), messagesOf(events)]) for (const event of group) told.push(event);
    for (const { friend, id } of events.receipts) told.push(...(this.#links.get(friend)?.confirm(id) ?? []));
    for (const friend of ended) told.push(...this.#disconnect(friend));
    told.push(...this.#tellSelf());
    for (const { publicKey, text } of events.requests)
      told.push({ what: 'request', publicKey, text: readUtf8(text) ?? '' });
    return told;
  }

  #connect(friend: number): ChildEvent[] {
    if (this.#links.has(friend)) return [];
    this.#made += 1;
    this.#links.set(friend, new PacketOutbox(friend, this.#made, this.#sending));
    return [{ what: 'friend', friend, link: this.#made, online: true }];
  }

  #disconnect(friend: number): ChildEvent[] {
    const link = this.#links.get(friend);
    if (!link) return [];
    this.#links.delete(friend);
    return [...link.close(), { what: 'friend', friend, link: link.link, online: false }];
  }

  #tellSelf(): ChildEvent[] {
    const online = this.isOnline;
    if (online === this.#toldOnline) return [];
    this.#toldOnline = online;
    return [{ what: 'self', online }];
  }
}

/** Each friend's packets together, in their order; one turn can bring tens of thousands. */
function packetsOf({ packets }: ToxEvents): ChildEvent[] {
  const byFriend = new Map<number, Uint8Array[]>();
  for (const { friend, packet } of packets) {
    const known = byFriend.get(friend);
    if (known) known.push(packet);
    else byFriend.set(friend, [packet]);
  }
  return [...byFriend].flatMap(([friend, all]) =>
    Array.from({ length: Math.ceil(all.length / PACKETS_TOGETHER) }, (_, part) => {
      const together = all.slice(part * PACKETS_TOGETHER, (part + 1) * PACKETS_TOGETHER);
      return { what: 'packets', friend, packets: packPackets(together) } as const;
    }),
  );
}

/** The same events, cut so that no report is much longer than one full event of packets. */
export function* inReports(events: readonly ChildEvent[]): Generator<readonly ChildEvent[]> {
  let from = 0;
  let bytes = 0;
  for (const [at, event] of events.entries()) {
    bytes += sizeOf(event);
    if (bytes < REPORT_BYTES) continue;
    yield events.slice(from, at + 1);
    from = at + 1;
    bytes = 0;
  }
  if (from < events.length) yield events.slice(from);
}

/** What friends and strangers can make long, in bytes as a report carries it; of the rest, what names the fields. */
function sizeOf(event: ChildEvent): number {
  if (event.what === 'packets') return FIELDS_BYTES + event.packets.length;
  // A text with a single character beyond Latin-1 takes two bytes for each.
  if (event.what === 'message' || event.what === 'request') return FIELDS_BYTES + 2 * event.text.length;
  return FIELDS_BYTES;
}

/** A text that is not UTF-8 is shown with replacement characters, as Tox clients do. */
function messagesOf({ messages }: ToxEvents): ChildEvent[] {
  return messages.map(({ friend, type, text }) => ({
    what: 'message',
    friend,
    type,
    text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(text),
  }));
}
