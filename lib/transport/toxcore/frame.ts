import { Deserializer, Serializer } from 'node:v8';

/**
 * One message between the two processes, as V8 serialises it:
 *
 *   length of what follows 4 | length of the body 4 | body | long bytes of the message, in the order in which they are in it
 *
 * Lengths are big-endian. Long bytes (packets) stand behind the body so that they go from where they are into the pipe.
 */

const LENGTH_BYTES = 4;
/** Bytes from this length on stand behind the body: a copy of fewer costs less than a piece more to write. */
const LONG_BYTES = 2048;
/** How bytes in the body begin: that they follow, or where. Their length comes next. */
const HERE = 0;
const BEHIND = 1;

/** The whole frame in pieces; the long bytes are the message's own. @throws Error it has a view of memory that is no Uint8Array */
export function encodeFrame(message: unknown): Uint8Array[] {
  const writer = new FrameWriter();
  writer.writeHeader();
  writer.writeValue(message);
  const body = writer.releaseBuffer();
  const head = Buffer.alloc(2 * LENGTH_BYTES);
  const long = writer.long.reduce((sum, { length }) => sum + length, 0);
  head.writeUInt32BE(LENGTH_BYTES + body.length + long);
  head.writeUInt32BE(body.length, LENGTH_BYTES);
  return [head, body, ...writer.long];
}

/** The message, whose bytes are parts of the frame. @param frame without its first length @throws Error it is none */
export function decodeFrame(frame: Buffer): unknown {
  const bodyEnd = LENGTH_BYTES + frame.readUInt32BE();
  if (bodyEnd > frame.length) throw new RangeError('a frame that is cut off');
  const reader = new FrameReader(frame.subarray(LENGTH_BYTES, bodyEnd), frame.subarray(bodyEnd));
  reader.readHeader();
  return reader.readValue();
}

class FrameWriter extends Serializer {
  declare _setTreatArrayBufferViewsAsHostObjects: (isTreatedSo: boolean) => void;
  readonly long: Uint8Array[] = [];

  constructor() {
    super();
    this._setTreatArrayBufferViewsAsHostObjects(true);
  }

  _writeHostObject(bytes: object): void {
    if (!(bytes instanceof Uint8Array)) throw new TypeError('A message holds bytes as Uint8Array alone.');
    const isLong = bytes.length >= LONG_BYTES;
    this.writeUint32(isLong ? BEHIND : HERE);
    this.writeUint32(bytes.length);
    if (isLong) this.long.push(bytes);
    else this.writeRawBytes(bytes);
  }
}

class FrameReader extends Deserializer {
  readonly #long: Uint8Array;
  #at = 0;

  constructor(body: Buffer, long: Uint8Array) {
    super(body);
    this.#long = long;
  }

  _readHostObject(): Uint8Array {
    const isLong = this.readUint32() === BEHIND;
    const length = this.readUint32();
    return isLong ? this.#next(length) : plainBytes(this.readRawBytes(length));
  }

  #next(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#long.length) throw new RangeError('bytes that are cut off');
    const bytes = plainBytes(this.#long.subarray(this.#at, end));
    this.#at = end;
    return bytes;
  }
}

/** Not a Buffer, whose `slice` is no copy. */
function plainBytes({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}
