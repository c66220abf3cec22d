import { copyOf } from '../bytes';
import { ToxAsyncError } from '../errors';
import { MAX_KEY_BYTES } from './store';

/** One write; an undefined value deletes the key. */
export type Operation = readonly [key: Uint8Array, value: Uint8Array | undefined];

/** Most batches are smaller: they need no second block. */
const SMALLEST_BYTES = 2048;
/** Length of key (2 bytes) and of value (4 bytes). */
const HEADER_BYTES = 6;
/** In place of a value's length: delete the key. */
const NO_VALUE = 0xffffffff;

/**
 * Writes in their order, in one block of memory: many small ones cost little, and a thread takes the block over
 * without a copy. Each is header, key and value; no key is empty, so zeros end them.
 */
export class Operations implements Iterable<Operation> {
  #bytes: Uint8Array<ArrayBuffer>;
  #header: DataView;
  #length = 0;
  #count = 0;

  constructor(bytes = 0) {
    this.#bytes = new Uint8Array(bytes);
    this.#header = new DataView(this.#bytes.buffer);
  }

  /** All of them, one group after the other; a single group is given as it is. */
  static join(groups: readonly Operations[]): Operations {
    const [first] = groups;
    if (first && groups.length === 1) return first;
    let length = 0;
    for (const group of groups) length += group.#length;
    const joined = new Operations(length);
    for (const group of groups) {
      joined.#bytes.set(group.#bytes.subarray(0, group.#length), joined.#length);
      joined.#length += group.#length;
      joined.#count += group.#count;
    }
    return joined;
  }

  get count(): number {
    return this.#count;
  }

  /** Length of the block, bytes. */
  get byteLength(): number {
    return this.#length;
  }

  /** Copies the key and the parts of the value, which lie one after the other. @throws ErrInvalidArgument */
  put(key: Uint8Array, value: readonly Uint8Array[]): void {
    let length = 0;
    for (const part of value) length += part.length;
    this.#begin(key, length, length);
    for (const part of value) this.#append(part);
  }

  /** @throws ErrInvalidArgument */
  delete(key: Uint8Array): void {
    this.#begin(key, NO_VALUE, 0);
  }

  /** Views of the block. */
  [Symbol.iterator](): Generator<Operation> {
    return operationsIn(this.#bytes);
  }

  /** The same as copies, which hold no more memory than they need. */
  *copies(): Generator<Operation> {
    for (const [key, value] of this) yield [copyOf(key), value && copyOf(value)];
  }

  /** Gives the block away. */
  take(): ArrayBuffer {
    const { buffer } = this.#bytes;
    this.#bytes = new Uint8Array();
    this.#length = 0;
    return buffer;
  }

  #begin(key: Uint8Array, valueLength: number, room: number): void {
    checkKey(key);
    this.#reserve(HEADER_BYTES + key.length + room);
    this.#header.setUint16(this.#length, key.length);
    this.#header.setUint32(this.#length + 2, valueLength);
    this.#length += HEADER_BYTES;
    this.#append(key);
    this.#count += 1;
  }

  #append(part: Uint8Array): void {
    this.#bytes.set(part, this.#length);
    this.#length += part.length;
  }

  #reserve(room: number): void {
    const needed = this.#length + room;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2, SMALLEST_BYTES));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#header = new DataView(larger.buffer);
  }
}

/** The operations in a block; views of it. @throws RangeError when it is none */
export function* operationsIn(block: Uint8Array): Generator<Operation> {
  const header = new DataView(block.buffer, block.byteOffset, block.length);
  const view = (at: number, length: number) => new Uint8Array(block.buffer, block.byteOffset + at, length);
  let offset = 0;
  while (offset + HEADER_BYTES < block.length) {
    const keyLength = header.getUint16(offset);
    if (keyLength === 0) return;
    const valueLength = header.getUint32(offset + 2);
    offset += HEADER_BYTES;
    const key = view(offset, keyLength);
    offset += keyLength;
    if (valueLength === NO_VALUE) {
      yield [key, undefined];
    } else {
      yield [key, view(offset, valueLength)];
      offset += valueLength;
    }
  }
}

/** @throws ErrInvalidArgument unless the key has 1 to MAX_KEY_BYTES bytes */
export function checkKey(key: Uint8Array): void {
  if (key.length >= 1 && key.length <= MAX_KEY_BYTES) return;
  throw new ToxAsyncError(
    'ErrInvalidArgument',
    `A store key must have 1 to ${MAX_KEY_BYTES} bytes; this one has ${key.length}.`,
  );
}
