import { splitIntoFrames } from '../protocol/session/frames';
import type { SendResult } from '../transport/transport';

/** Bytes of messages that may wait for one peer: its requests can't make us keep more answers than this. */
export const MAX_QUEUED_BYTES = 2 * 1024 * 1024;

/**
 * Messages on their way to one peer, cut into packets (docs/PROTOCOL.md, "Frames"). Keeps their order, stops
 * while the transport is busy and goes on when it tells that it takes packets again.
 */
export class PacketQueue {
  readonly #sendPacket: (packet: Uint8Array) => SendResult;
  #packets: Uint8Array[] = [];
  #bytes = 0;
  #busy = false;
  #nextNumber = 0;

  constructor(sendPacket: (packet: Uint8Array) => SendResult) {
    this.#sendPacket = sendPacket;
  }

  /** Queues a message behind all others; false, and nothing is queued, when too much waits already. */
  push(message: Uint8Array): boolean {
    if (this.#bytes + message.length > MAX_QUEUED_BYTES) return false;
    for (const packet of splitIntoFrames(message, this.#nextNumber)) {
      this.#packets.push(packet);
      this.#bytes += packet.length;
    }
    this.#nextNumber += 1;
    if (!this.#busy) this.#send();
    return true;
  }

  /** The transport takes packets again. */
  writable(): void {
    this.#busy = false;
    this.#send();
  }

  #send(): void {
    let sent = 0;
    for (const packet of this.#packets) {
      const result = this.#sendPacket(packet);
      // The transport will tell that the friend went offline; what waits then is lost with the connection.
      if (result === 'offline') {
        this.#packets = [];
        this.#bytes = 0;
        return;
      }
      this.#busy = result === 'busy';
      if (this.#busy) break;
      sent += 1;
      this.#bytes -= packet.length;
    }
    this.#packets.splice(0, sent);
  }
}
