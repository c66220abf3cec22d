import { toHex } from '../../../../lib/bytes';
import { FrameAssembler } from '../../../../lib/protocol/session/frames';
import type { SimulatedTime } from '../../../../lib/testing/simulated-platform';
import type { SendResult, Transport, TransportHandler } from '../../../../lib/transport/transport';
import type { PublicKey } from '../../../../lib/types';

export interface SentPacket {
  readonly friend: PublicKey;
  readonly packet: Uint8Array;
  /** Milliseconds, monotonic. */
  readonly at: number;
}

/** What one packet becomes on its way: nothing, itself, or others. */
export type Tap = (packet: Uint8Array) => Uint8Array[];

interface Route {
  readonly to: TestTransport;
  readonly tap: Tap;
}

const LATENCY_MS = 5;

/** A transport whose wires lie open: a test sees, changes and forges what travels. */
export class TestTransport implements Transport {
  readonly self: PublicKey;
  readonly sent: SentPacket[] = [];
  /** What `sendPacket` answers. */
  result: SendResult = 'sent';
  /** What `sendMessage` answers. */
  confirmed = true;
  startError: Error | undefined;
  readonly messages: string[] = [];
  readonly known: PublicKey[] = [];
  online = false;
  handler: TransportHandler | undefined;
  readonly #time: SimulatedTime;
  readonly #routes = new Map<string, Route>();

  constructor(self: PublicKey, time: SimulatedTime) {
    this.self = self;
    this.#time = time;
  }

  async start(handler: TransportHandler): Promise<void> {
    if (this.startError) throw this.startError;
    this.handler = handler;
    this.online = true;
  }

  async stop(): Promise<void> {
    this.handler = undefined;
    this.online = false;
  }

  isOnline(): boolean {
    return this.online;
  }

  friends(): readonly PublicKey[] {
    return this.known;
  }

  isFriendOnline(friend: PublicKey): boolean {
    return this.#routes.has(toHex(friend));
  }

  nameOf(): undefined {
    return undefined;
  }

  sendPacket(friend: PublicKey, packet: Uint8Array): SendResult {
    if (this.result !== 'sent') return this.result;
    this.sent.push({ friend, packet, at: this.#time.clock.monotonic() });
    const route = this.#routes.get(toHex(friend));
    if (!route) return 'sent';
    for (const passed of route.tap(packet)) {
      this.#time.timers.after(LATENCY_MS, () => route.to.handler?.onPacket(this.self, passed));
    }
    return 'sent';
  }

  async sendMessage(_friend: PublicKey, type: 'normal' | 'action', text: string): Promise<boolean> {
    this.messages.push(`${type} ${text}`);
    return this.confirmed;
  }

  /** From now on packets for a friend go to `to`, any other peer. */
  route(friend: PublicKey, to: TestTransport, tap: Tap = (packet) => [packet]): void {
    this.#routes.set(toHex(friend), { to, tap });
  }
}

/** Connects two transports as friends; `taps.ab` sees what `a` sends. */
export function connect(
  a: TestTransport,
  b: TestTransport,
  taps: { readonly ab?: Tap; readonly ba?: Tap } = {},
): void {
  a.route(b.self, b, taps.ab);
  b.route(a.self, a, taps.ba);
  a.handler?.onFriend(b.self, true);
  b.handler?.onFriend(a.self, true);
}

export function disconnect(a: TestTransport, b: TestTransport): void {
  a.handler?.onFriend(b.self, false);
  b.handler?.onFriend(a.self, false);
}

/** When messages that begin with `first` were sent, milliseconds. */
export function timesOf(transport: TestTransport, first: number): number[] {
  const frames = new FrameAssembler();
  return transport.sent
    .filter(({ packet, at }) => frames.accept(packet, at)?.[0] === first)
    .map(({ at }) => at);
}
