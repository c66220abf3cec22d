import { ToxAsyncError } from '../errors';
import { MAX_TIMESTAMP } from './byte-reader';

/** Room for the fields in front of what is long. */
const FIRST_BYTES = 64;

/** Joins big-endian fields. A value that its field cannot hold is ErrInvalidArgument, never cut. */
export class ByteWriter {
  readonly #what: string;
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;

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
    const at = this.#reserve(value.length);
    this.#bytes.set(value, at);
    return this;
  }

  /** Writes each entry with `write`. */
  each<T>(entries: readonly T[], write: (entry: T) => void): this {
    for (const entry of entries) write(entry);
    return this;
  }

  /** All of it, in memory of its own; no copy stays behind, since some fields are secrets. */
  done(): Uint8Array {
    if (this.#length === this.#bytes.length) return this.#bytes;
    const done = this.#bytes.slice(0, this.#length);
    this.#bytes.fill(0);
    return done;
  }

  #number(value: number, length: number, max: number): this {
    if (!Number.isInteger(value) || value < 0 || value > max) {
      throw this.#bad(`${value} is not between 0 and ${max}`);
    }
    const at = this.#reserve(length);
    let rest = value;
    for (let i = at + length - 1; i >= at; i -= 1) {
      this.#bytes[i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    return this;
  }

  /** @returns where the next so many bytes stand */
  #reserve(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      // What is long comes last in most messages: then nothing is copied in the end.
      const larger = new Uint8Array(count > FIRST_BYTES ? this.#length : 2 * this.#length);
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes.fill(0);
      this.#bytes = larger;
    }
    return at;
  }

  #bad(why: string): ToxAsyncError {
    return new ToxAsyncError('ErrInvalidArgument', `Cannot make this ${this.#what}: ${why}.`);
  }
}
