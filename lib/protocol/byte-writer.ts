import { concat } from '../bytes';
import { ToxAsyncError } from '../errors';
import { MAX_TIMESTAMP } from './byte-reader';

/** Joins big-endian fields. A value that its field cannot hold is ErrInvalidArgument, never cut. */
export class ByteWriter {
  readonly #what: string;
  readonly #parts: Uint8Array[] = [];

  /** @param what such as "exchange", for errors */
  constructor(what: string) {
    this.#what = what;
  }

  u8(value: number): this {
    return this.#number(value, 1, 0xff);
  }

  u16(value: number): this {
    return this.#number(value, 2, 0xffff);
  }

  u24(value: number): this {
    return this.#number(value, 3, 0xffffff);
  }

  u32(value: number): this {
    return this.#number(value, 4, 0xffffffff);
  }

  u64(value: number): this {
    return this.#number(value, 8, Number.MAX_SAFE_INTEGER);
  }

  /** Unix seconds, 0 = no clock. */
  timestamp(value: number): this {
    return this.#number(value, 8, MAX_TIMESTAMP);
  }

  /** One byte, at most `max`. */
  atMost(value: number, max: number): this {
    return this.#number(value, 1, max);
  }

  /** How many entries follow, `least` to `max`. */
  count(entries: readonly unknown[], max: number, least = 0): this {
    if (entries.length < least) throw this.#bad(`${entries.length} entries are fewer than ${least}`);
    return this.#number(entries.length, 1, max);
  }

  /** Exactly `length` bytes. */
  fixed(value: Uint8Array, length: number): this {
    if (value.length !== length)
      throw this.#bad(`a field of ${length} bytes was given ${value.length} bytes`);
    return this.bytes(value);
  }

  bytes(value: Uint8Array): this {
    this.#parts.push(value);
    return this;
  }

  /** Writes each entry with `write`. */
  each<T>(entries: readonly T[], write: (entry: T) => void): this {
    for (const entry of entries) write(entry);
    return this;
  }

  done(): Uint8Array {
    return concat(...this.#parts);
  }

  #number(value: number, length: number, max: number): this {
    if (!Number.isInteger(value) || value < 0 || value > max) {
      throw this.#bad(`${value} is not between 0 and ${max}`);
    }
    const field = new Uint8Array(length);
    let rest = value;
    for (let i = length - 1; i >= 0; i -= 1) {
      field[i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    this.#parts.push(field);
    return this;
  }

  #bad(why: string): ToxAsyncError {
    return new ToxAsyncError('ErrInvalidArgument', `Cannot make this ${this.#what}: ${why}.`);
  }
}
