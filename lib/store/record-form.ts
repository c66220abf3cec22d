import { copyOf } from '../bytes';

/** How the records of a table are written down; each also has a CRC. */
export interface RecordForm<T> {
  /** Valid until the next call. */
  encode(record: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}

/** Bytes as they are, for a record that is nothing else. */
export const bareBytes: RecordForm<Uint8Array> = { encode: (bytes) => bytes, decode: (bytes) => bytes };

/**
 * Values of JSON and bytes: as JSON does, an object leaves out what is undefined, and an array has null in its place. A
 * value is one of these marks and what follows it; numbers of one to five bytes have seven bits in each, the lowest first.
 */
const MARK = {
  null: 0,
  false: 1,
  true: 2,
  /** A number of one to five bytes. */
  count: 3,
  /** 8 bytes. */
  number: 4,
  /** Length and one byte for each character. */
  narrow: 5,
  /** Length and two bytes for each half of a surrogate pair and each other character. */
  wide: 6,
  /** Length and the bytes. */
  bytes: 7,
  /** Length and the values. */
  array: 8,
  /** Names and values in turns, then END. A name is its length in a byte and its characters, or LONG and a text. */
  object: 9,
} as const;
const END = 255;
const LONG = 254;
const LEAST_WIDE = 0x100;
const MOST_COUNT = 0x7fffffff;
/** Texts that are put together here rather than by a call into Node.js. */
const SHORT = 64;

/** Where records are written: memory for each alone would cost more than the record. */
let memory = new Uint8Array(8192);
let view = new DataView(memory.buffer);
let end = 0;

/** Names that were read, by a hash of their bytes: an object gets its fields faster by a text that was used before. */
const NAMES = new Map<number, string>();
const MOST_NAMES = 1024;

/** One of 8 bytes is read here. */
const NUMBER = new DataView(new ArrayBuffer(8));
let source: Uint8Array = memory;
let at = 0;

/** Texts, numbers, bytes, and lists and objects of them. */
export const packed: RecordForm<object> = {
  encode(record) {
    end = 0;
    writeValue(record);
    return memory.subarray(0, end);
  },
  decode(bytes) {
    source = bytes;
    at = 0;
    return readValue() as object;
  },
};

function writeValue(value: unknown): void {
  switch (typeof value) {
    case 'string':
      return writeText(value);
    case 'number':
      return writeNumber(value);
    case 'boolean':
      return writeByte(value ? MARK.true : MARK.false);
    case 'object':
      if (value === null) return writeByte(MARK.null);
      if (value instanceof Uint8Array) return writeBytes(value);
      return Array.isArray(value) ? writeArray(value) : writeObject(value);
    default:
      return writeByte(MARK.null);
  }
}

function writeByte(byte: number): void {
  reserve(1);
  memory[end] = byte;
  end += 1;
}

function writeCount(mark: number, count: number): void {
  reserve(6);
  memory[end] = mark;
  end += 1;
  let rest = count;
  for (; rest > 0x7f; rest >>>= 7) {
    memory[end] = (rest & 0x7f) | 0x80;
    end += 1;
  }
  memory[end] = rest;
  end += 1;
}

function writeNumber(value: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= MOST_COUNT) return writeCount(MARK.count, value);
  reserve(9);
  memory[end] = MARK.number;
  view.setFloat64(end + 1, value);
  end += 9;
}

function writeBytes(bytes: Uint8Array): void {
  writeCount(MARK.bytes, bytes.length);
  reserve(bytes.length);
  memory.set(bytes, end);
  end += bytes.length;
}

function writeText(text: string): void {
  const isNarrow = isNarrowText(text);
  writeCount(isNarrow ? MARK.narrow : MARK.wide, text.length);
  reserve(2 * text.length);
  if (isNarrow) writeNarrow(text);
  else
    for (let i = 0; i < text.length; i += 1) {
      view.setUint16(end, text.charCodeAt(i));
      end += 2;
    }
}

function writeNarrow(text: string): void {
  for (let i = 0; i < text.length; i += 1) memory[end + i] = text.charCodeAt(i);
  end += text.length;
}

function writeArray(values: readonly unknown[]): void {
  writeCount(MARK.array, values.length);
  for (const value of values) writeValue(value);
}

function writeObject(record: object): void {
  writeByte(MARK.object);
  for (const [name, value] of Object.entries(record)) if (value !== undefined) writeField(name, value);
  writeByte(END);
}

function writeField(name: string, value: unknown): void {
  if (name.length < LONG && isNarrowText(name)) {
    reserve(1 + name.length);
    memory[end] = name.length;
    end += 1;
    writeNarrow(name);
  } else {
    writeByte(LONG);
    writeText(name);
  }
  writeValue(value);
}

function isNarrowText(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) >= LEAST_WIDE) return false;
  return true;
}

function reserve(room: number): void {
  if (end + room <= memory.length) return;
  const larger = new Uint8Array(Math.max(end + room, memory.length * 2));
  larger.set(memory.subarray(0, end));
  memory = larger;
  view = new DataView(memory.buffer);
}

function readValue(): unknown {
  const mark = readByte();
  switch (mark) {
    case MARK.false:
    case MARK.true:
      return mark === MARK.true;
    case MARK.count:
      return readCount();
    case MARK.number:
      for (let i = 0; i < 8; i += 1) NUMBER.setUint8(i, readByte());
      return NUMBER.getFloat64(0);
    case MARK.narrow:
      return readNarrow(readCount());
    case MARK.wide:
      return readWide(readCount());
    case MARK.bytes: {
      const length = readCount();
      at += length;
      return copyOf(source.subarray(at - length, at));
    }
    case MARK.array: {
      const values: unknown[] = [];
      for (let left = readCount(); left > 0; left -= 1) values.push(readValue());
      return values;
    }
    case MARK.object:
      return readObject();
    default:
      return null;
  }
}

function readByte(): number {
  const byte = source[at] ?? END;
  at += 1;
  return byte;
}

function readCount(): number {
  let count = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = readByte();
    count |= (byte & 0x7f) << shift;
    if (byte <= 0x7f || shift >= 28) return count;
  }
}

function readObject(): object {
  const record: Record<string, unknown> = {};
  for (let length = readByte(); length !== END; length = readByte()) {
    const name = length === LONG ? String(readValue()) : readName(length);
    const value = readValue();
    // An assignment would give the object another prototype.
    if (name === '__proto__') Object.defineProperty(record, name, { ...FIELD, value });
    else record[name] = value;
  }
  return record;
}

const FIELD = { enumerable: true, configurable: true, writable: true };

function readName(length: number): string {
  let hash = length;
  for (let i = 0; i < length; i += 1) hash = (Math.imul(hash, 31) + (source[at + i] ?? 0)) | 0;
  const known = NAMES.get(hash);
  if (known !== undefined && isHere(known, length)) {
    at += length;
    return known;
  }
  const name = readNarrow(length);
  if (NAMES.size < MOST_NAMES) NAMES.set(hash, name);
  return name;
}

/** The next characters are these. */
function isHere(name: string, length: number): boolean {
  if (name.length !== length) return false;
  for (let i = 0; i < length; i += 1) if (name.charCodeAt(i) !== source[at + i]) return false;
  return true;
}

function readNarrow(length: number): string {
  const from = at;
  at += length;
  if (length > SHORT) return Buffer.from(source.buffer, source.byteOffset + from, length).toString('latin1');
  let text = '';
  for (let i = from; i < at; i += 1) text += String.fromCharCode(source[i] ?? 0);
  return text;
}

function readWide(length: number): string {
  let text = '';
  for (let i = 0; i < length; i += 1) text += String.fromCharCode(readByte() * 256 + readByte());
  return text;
}
