import type { Timer, Timers } from '../../platform/timers';
import { PACKET_WINDOW, type SendResult } from '../transport';
import type { ToForeign } from './wire-messages';

/**
 * Messages for one friend that go onto the wire in one turn. A wire does not say when it is full, so a friend's traffic
 * is dealt out turn by turn: this many can still come after a foreign transport said `tox/busy`.
 */
export const WIRE_BURST = 32;

type Packet = Extract<ToForeign, { topic: 'tox/packet' }>;
type Message = Extract<ToForeign, { topic: 'tox/message' }>;

export interface WiredLaneOptions {
  readonly timers: Timers;
  readonly send: (message: ToForeign) => void;
  /** After 'busy': there is room again. */
  readonly onWritable: () => void;
}

/** What waits to go onto the wire for one friend who is online, in order, and what waits for a receipt. */
export class WiredLane {
  readonly #o: WiredLaneOptions;
  readonly #waiting: (Packet | Message)[] = [];
  readonly #receipts = new Map<string, (confirmed: boolean) => void>();
  #packets = 0;
  #refused = false;
  #held = false;
  #turn: Timer | undefined;

  constructor(options: WiredLaneOptions) {
    this.#o = options;
  }

  /** 'busy' while PACKET_WINDOW packets wait. */
  addPacket(packet: Packet): SendResult {
    if (this.#packets >= PACKET_WINDOW) {
      this.#refused = true;
      return 'busy';
    }
    this.#packets += 1;
    this.#add(packet);
    return 'sent';
  }

  /** Messages don't count in the window. True when the friend confirmed it, false when it went offline before. */
  addMessage(message: Message): Promise<boolean> {
    this.#add(message);
    return new Promise((resolve) => this.#receipts.set(message.messageId, resolve));
  }

  /** The receipt of a message, if it is one of this lane's. */
  confirm(messageId: string, confirmed: boolean): void {
    this.#receipts.get(messageId)?.(confirmed);
    this.#receipts.delete(messageId);
  }

  /** The foreign transport takes nothing more for this friend, or takes it again. */
  hold(held: boolean): void {
    this.#held = held;
    this.#plan();
  }

  /** The friend went offline: what waits is lost. */
  close(): void {
    this.#turn?.cancel();
    this.#waiting.length = 0;
    this.#refused = false;
    for (const tell of this.#receipts.values()) tell(false);
    this.#receipts.clear();
  }

  #add(message: Packet | Message): void {
    this.#waiting.push(message);
    this.#plan();
  }

  #plan(): void {
    if (this.#held || this.#turn !== undefined || this.#waiting.length === 0) return;
    this.#turn = this.#o.timers.after(0, () => {
      this.#turn = undefined;
      this.#deal();
    });
  }

  #deal(): void {
    for (let n = 0; n < WIRE_BURST && !this.#held; n++) {
      const message = this.#waiting.shift();
      if (message === undefined) break;
      if (message.topic === 'tox/packet') this.#packets -= 1;
      this.#o.send(message);
    }
    this.#plan();
    if (!this.#refused || this.#packets >= PACKET_WINDOW) return;
    this.#refused = false;
    this.#o.onWritable();
  }
}
