import type { Duplex } from 'node:stream';
import { decodeFrame, encodeFrame } from './frame';

/** Length of what follows (frame.ts). */
const HEADER_BYTES = 4;
/** No order or report comes near it; a longer frame is none. */
const LONGEST = 64 * 1024 * 1024;

export interface FramedChannelHandlers {
  readonly onMessage: (message: unknown) => void;
  /** What came is no frame: damaged memory at the other end. Nothing follows. */
  readonly onBroken: (reason: string) => void;
  /** The other end is gone. */
  readonly onClose?: () => void;
  /** All that was sent is on its way, after some of it had to wait. */
  readonly onDrain?: () => void;
}

/**
 * Messages between two processes over a pipe, in frames (frame.ts). Node's own IPC channel would end this process,
 * with an error that nobody can catch, when native code at the other end wrote anything else into it.
 */
export class FramedChannel {
  readonly #stream: Duplex;
  readonly #handlers: FramedChannelHandlers;
  #parts: Buffer[] = [];
  #bytes = 0;
  #broken = false;

  constructor(stream: Duplex, handlers: FramedChannelHandlers) {
    this.#stream = stream;
    this.#handlers = handlers;
    stream.on('data', (bytes: Buffer) => this.#take(bytes));
    // A process that ended says so by its end.
    stream.on('error', () => undefined);
    stream.once('end', () => stream.destroy());
    stream.once('close', () => handlers.onClose?.());
    stream.on('drain', () => handlers.onDrain?.());
  }

  get connected(): boolean {
    return this.#stream.writable && !this.#stream.destroyed;
  }

  /** Bytes that wait for the other end to read what was sent before. */
  get waiting(): number {
    return this.#stream.writableLength;
  }

  /**
   * What is sent to an end that is gone is lost.
   * @param onWritten long bytes in the message may be used again
   */
  send(message: unknown, onWritten: () => void = () => undefined): void {
    if (!this.connected) return;
    const pieces = encodeFrame(message);
    this.#stream.cork();
    pieces.forEach((piece, i) => {
      if (i < pieces.length - 1) this.#stream.write(piece);
      else this.#stream.write(piece, onWritten);
    });
    this.#stream.uncork();
  }

  /** Sends what was begun, then closes. */
  disconnect(): void {
    if (this.connected) this.#stream.end();
  }

  #take(bytes: Buffer): void {
    if (this.#broken) return;
    this.#parts.push(bytes);
    this.#bytes += bytes.length;
    for (let next = this.#read(); next !== undefined; next = this.#read())
      this.#handlers.onMessage(next.message);
  }

  #read(): { readonly message: unknown } | undefined {
    try {
      const body = this.#next();
      return body && { message: decodeFrame(body) };
    } catch (error) {
      this.#broken = true;
      this.#parts = [];
      this.#bytes = 0;
      this.#handlers.onBroken(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  /** The next whole frame's content. @throws Error it is too long to be one */
  #next(): Buffer | undefined {
    if (this.#bytes < HEADER_BYTES) return undefined;
    const [first] = this.#parts;
    if (first !== undefined && first.length < HEADER_BYTES) this.#parts = [Buffer.concat(this.#parts)];
    const length = this.#parts[0]?.readUInt32BE() ?? 0;
    if (length > LONGEST) throw new Error(`a frame of ${length} bytes`);
    const end = HEADER_BYTES + length;
    if (this.#bytes < end) return undefined;
    // Not for each of many frames in one piece.
    const all = this.#parts.length > 1 ? Buffer.concat(this.#parts) : (this.#parts[0] ?? Buffer.alloc(0));
    this.#parts = all.length > end ? [all.subarray(end)] : [];
    this.#bytes = all.length - end;
    return all.subarray(HEADER_BYTES, end);
  }
}
