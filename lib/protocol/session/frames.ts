import { concat } from '../../bytes';
import { ToxAsyncError } from '../../errors';

/**
 * Messages between peers as Tox lossless custom packets (docs/PROTOCOL.md, "Frames"):
 * 0xB1 | frame version 1 | message number 2 | index 1 | count 1 | data.
 */

/** First byte of every packet of this extension. */
export const PACKET_ID = 0xb1;

const FRAME_VERSION = 1;
const HEADER_BYTES = 6;
/** Data in every frame of a message but the last, bytes. */
export const FRAME_DATA_BYTES = 1367;
export const MAX_FRAMES = 4;
/** Longest message between peers. */
export const MAX_FRAMED_BYTES = FRAME_DATA_BYTES * MAX_FRAMES;
/** A message that is not complete this long after its first frame is dropped. */
const ASSEMBLY_MS = 30_000;

/**
 * The packets of one message, to be sent back to back.
 * @param number counts messages per connection and direction; used modulo 65,536
 * @throws ErrInvalidArgument an empty message or one over MAX_FRAMED_BYTES
 */
export function splitIntoFrames(message: Uint8Array, number: number): Uint8Array[] {
  if (message.length === 0 || message.length > MAX_FRAMED_BYTES) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      `A message between peers must have 1 to ${MAX_FRAMED_BYTES} bytes, not ${message.length}.`,
    );
  }
  const count = Math.ceil(message.length / FRAME_DATA_BYTES);
  return Array.from({ length: count }, (_, index) => {
    const from = index * FRAME_DATA_BYTES;
    const frame = new Uint8Array(HEADER_BYTES + Math.min(FRAME_DATA_BYTES, message.length - from));
    frame[0] = PACKET_ID;
    frame[1] = FRAME_VERSION;
    frame[2] = number >> 8;
    frame[3] = number;
    frame[4] = index;
    frame[5] = count;
    frame.set(count === 1 ? message : message.subarray(from, from + FRAME_DATA_BYTES), HEADER_BYTES);
    return frame;
  });
}

interface Unfinished {
  readonly number: number;
  readonly count: number;
  readonly since: number;
  readonly parts: Uint8Array[];
}

/** Puts the packets of one peer and connection together; holds one unfinished message, at most 4 packets. */
export class FrameAssembler {
  #unfinished: Unfinished | undefined;
  #dropped = 0;

  /** Packets that made no sense and messages that stayed unfinished. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * @param nowMs monotonic milliseconds
   * @returns a message when this packet completes one; never throws
   */
  accept(packet: Uint8Array, nowMs: number): Uint8Array | undefined {
    if (this.#unfinished && nowMs - this.#unfinished.since >= ASSEMBLY_MS) this.#drop();
    const frame = readFrame(packet);
    if (frame === undefined) {
      this.#dropped += 1;
      return undefined;
    }
    const { number, index, count, data } = frame;
    if (this.#unfinished && !continues(this.#unfinished, frame)) this.#drop();
    if (this.#unfinished === undefined) {
      if (index !== 0) {
        this.#dropped += 1;
        return undefined;
      }
      this.#unfinished = { number, count, since: nowMs, parts: [] };
    }
    const { parts } = this.#unfinished;
    parts.push(data);
    if (parts.length < count) return undefined;
    this.#unfinished = undefined;
    return parts.length === 1 ? data : concat(...parts);
  }

  /** At a disconnect: what is unfinished will never be finished. */
  reset(): void {
    this.#unfinished = undefined;
  }

  #drop(): void {
    this.#unfinished = undefined;
    this.#dropped += 1;
  }
}

interface Frame {
  readonly number: number;
  readonly index: number;
  readonly count: number;
  readonly data: Uint8Array;
}

function continues({ number, count, parts }: Unfinished, frame: Frame): boolean {
  return frame.number === number && frame.count === count && frame.index === parts.length;
}

/** undefined unless every rule of a single frame holds. */
function readFrame(packet: Uint8Array): Frame | undefined {
  if (packet.length <= HEADER_BYTES) return undefined;
  if (packet[0] !== PACKET_ID || packet[1] !== FRAME_VERSION) return undefined;
  const [number, index, count] = [(packet[2] ?? 0) * 256 + (packet[3] ?? 0), packet[4] ?? 0, packet[5] ?? 0];
  if (count < 1 || count > MAX_FRAMES || index >= count) return undefined;
  // A copy, because the transport may use its buffer again.
  const data = new Uint8Array(packet.subarray(HEADER_BYTES));
  if (data.length > FRAME_DATA_BYTES) return undefined;
  if (index < count - 1 && data.length !== FRAME_DATA_BYTES) return undefined;
  return { number, index, count, data };
}
