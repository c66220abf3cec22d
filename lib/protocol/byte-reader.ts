import { ToxAsyncError } from '../errors';
import { codeWord, type CodeWord } from './codes';

/** The latest Unix second that a Date can show. */
export const MAX_TIMESTAMP = 8_640_000_000_000;

/** @param what such as "exchange"; @param why completes "Not a well-formed exchange: " */
export function malformed(what: string, why: string): ToxAsyncError {
  return new ToxAsyncError(
    'ErrMalformed',
    `This is not a well-formed ${what}: ${why}. It was damaged or made by another version. Request it again.`,
  );
}

/**
 * Reads big-endian fields from front to back. Nothing is allocated for a length that the bytes do not have;
 * every failure is ErrMalformed. Byte fields are copies, so they outlive the buffer they came in.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  #offset = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  u8(): number {
    return this.#number(1);
  }

  u16(): number {
    return this.#number(2);
  }

  u24(): number {
    return this.#number(3);
  }

  u32(): number {
    return this.#number(4);
  }

  /** @throws ErrMalformed also for 2^53 and more, which a number cannot hold */
  u64(): number {
    const value = this.#u64();
    if (value > Number.MAX_SAFE_INTEGER) throw this.bad('a number is too large');
    return Number(value);
  }

  /** Unix seconds, for display only: what no Date can show reads as 0, "no clock". */
  timestamp(): number {
    const value = this.#u64();
    return value > MAX_TIMESTAMP ? 0 : Number(value);
  }

  /** A number of things, `least` to `max`. */
  count(max: number, least = 0): number {
    const n = this.u8();
    if (n > max) throw this.bad(`it has ${n} entries, more than ${max}`);
    if (n < least) throw this.bad(`it has ${n} entries, fewer than ${least}`);
    return n;
  }

  code(): CodeWord {
    const number = this.u8();
    const word = codeWord(number);
    if (word === undefined) throw this.bad(`${number} is not a known code`);
    return word;
  }

  /** The next `length` bytes. */
  bytes(length: number): Uint8Array {
    const start = this.#skip(length);
    return new Uint8Array(this.#bytes.subarray(start, start + length));
  }

  /** All that is left, possibly nothing. */
  rest(): Uint8Array {
    return this.bytes(this.left);
  }

  get left(): number {
    return this.#bytes.length - this.#offset;
  }

  /** `n` entries that `read` reads one after the other. */
  list<T>(n: number, read: () => T): T[] {
    const items: T[] = [];
    for (let i = 0; i < n; i += 1) items.push(read());
    return items;
  }

  /** @throws ErrMalformed when bytes are left */
  end(): void {
    if (this.left > 0) throw this.bad(`it is ${this.left} bytes too long`);
  }

  bad(why: string): ToxAsyncError {
    return malformed(this.#what, why);
  }

  #number(length: number): number {
    const start = this.#skip(length);
    let value = 0;
    for (let i = start; i < start + length; i += 1) value = value * 256 + (this.#bytes[i] ?? 0);
    return value;
  }

  /** Goes on by `length` bytes; @returns where they begin */
  #skip(length: number): number {
    const start = this.#offset;
    if (start + length > this.#bytes.length) throw this.bad('it is cut short');
    this.#offset = start + length;
    return start;
  }

  #u64(): bigint {
    return (BigInt(this.u32()) << 32n) | BigInt(this.u32());
  }
}
