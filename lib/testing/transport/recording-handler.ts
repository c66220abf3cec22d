import { toHex } from '../../bytes';
import type { TransportHandler } from '../../transport/transport';
import type { PublicKey } from '../../types';

/**
 * Writes down what a transport tells, and breaches of its promise: a call from inside a call into the transport
 * that was made through `watch`, or a call that begins before the last one returned.
 */
export class RecordingHandler implements TransportHandler {
  calls: string[] = [];
  packets: Uint8Array[] = [];
  /** Who sent each packet, as digits. */
  from: string[] = [];
  messages: [type: string, text: string][] = [];
  writable = 0;
  online: boolean | undefined;
  /** Last word about each friend; not cleared. */
  readonly friends = new Map<string, boolean>();
  readonly breaches: string[] = [];
  whenPacket: (packet: Uint8Array) => void = () => {};
  whenWritable: () => void = () => {};
  #inside = 0;

  /** Makes a call into the transport during which no handler call may come. */
  watch<T>(call: () => T): T {
    this.#inside += 1;
    try {
      return call();
    } finally {
      this.#inside -= 1;
    }
  }

  clear(): void {
    this.calls = [];
    this.packets = [];
    this.from = [];
    this.messages = [];
    this.writable = 0;
    this.whenPacket = () => {};
    this.whenWritable = () => {};
  }

  numbers(): number[] {
    return this.packets.map((packet) => new DataView(packet.buffer, packet.byteOffset).getUint32(1));
  }

  onSelf(online: boolean): void {
    this.#record(`self ${online}`, () => {
      this.online = online;
    });
  }

  onFriend(friend: PublicKey, online: boolean): void {
    this.#record(`friend ${toHex(friend).slice(0, 4)} ${online}`, () => {
      this.friends.set(toHex(friend), online);
    });
  }

  onPacket(friend: PublicKey, packet: Uint8Array): void {
    this.#record(`packet ${toHex(packet).slice(0, 10)}`, () => {
      this.packets.push(packet);
      this.from.push(toHex(friend));
      this.whenPacket(packet);
    });
  }

  onWritable(): void {
    this.#record('writable', () => {
      this.writable += 1;
      this.whenWritable();
    });
  }

  onMessage(_friend: PublicKey, type: 'normal' | 'action', text: string): void {
    this.#record(`message ${type} ${text.slice(0, 10)}`, () => this.messages.push([type, text]));
  }

  onFriends(): void {
    this.#record('friends', () => {});
  }

  #record(call: string, run: () => void): void {
    if (this.#inside > 0) this.breaches.push(`${call}: from inside another call`);
    this.calls.push(call);
    this.watch(run);
  }
}

/** A packet that holds a number. */
export function numbered(n: number): Uint8Array {
  const packet = new Uint8Array(5);
  packet[0] = 177;
  new DataView(packet.buffer).setUint32(1, n);
  return packet;
}
