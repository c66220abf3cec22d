import { copyOf } from '../bytes';
import { ToxAsyncError } from '../errors';
import { MAX_KEY_BYTES } from './store';

/** One write; an undefined value deletes the key. */
export type Operation = readonly [key: Uint8Array, value: Uint8Array | undefined];

/** Most batches are smaller: they need no second block. */
const SMALLEST_BYTES = 2048;
/** Blocks of that size that wait for the next batch, 1 MB at most: to make one costs more than all that is put into it. */
const SPARE: Uint8Array<ArrayBuffer>[] = [];
const MOST_SPARE = 512;
const NOTHING = new Uint8Array(0);
const NO_HEADER = new DataView(NOTHING.buffer);
/** Length of key (2 bytes) and of value (4 bytes). */
const HEADER_BYTES = 6;
/** In place of a value's length: delete the key. */
const NO_VALUE = 0xffffffff;

/**
 * Writes in their order, in one block of memory: many small ones cost little, and a thread takes the block over
 * without a copy. Each is header, key and value; no key is empty, so zeros end them.
 */
export class Operations implements Iterable<Operation> {
  #bytes = NOTHING;
  #header = NO_HEADER;
  #length = 0;
  #count = 0;

  /** All of them, one group after the other; a single group is given as it is. */
  static join(groups: readonly Operations[]): Operations {
    const [first] = groups;
    if (first && groups.length === 1) return first;
    let length = 0;
    for (const group of groups) length += group.#length;
    const joined = new Operations();
    joined.#reserve(length);
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
    return operationsIn(this.#bytes.subarray(0, this.#length));
  }

  /** The same as copies, which hold no more memory than they need. */
  *copies(): Generator<Operation> {
    for (const [key, value] of this) yield [copyOf(key), value && copyOf(value)];
  }

  /** Gives the block away. */
  take(): ArrayBuffer {
    // What an earlier batch left in the block is none of this one's.
    this.#bytes.fill(0, this.#length, this.#length + HEADER_BYTES);
    const { buffer } = this.#bytes;
    this.#clear();
    return buffer;
  }

  /** They are done, and nobody looks at them or at views of them any more: the block serves others. */
  release(): void {
    if (this.#bytes.length === SMALLEST_BYTES && SPARE.length < MOST_SPARE) SPARE.push(this.#bytes);
    this.#clear();
  }

  #clear(): void {
    this.#bytes = NOTHING;
    this.#header = NO_HEADER;
    this.#length = 0;
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
    const size = Math.max(needed, this.#bytes.length * 2, SMALLEST_BYTES);
    const larger = (size === SMALLEST_BYTES ? SPARE.pop() : undefined) ?? new Uint8Array(size);
    larger.set(this.#bytes.subarray(0, this.#length));
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
