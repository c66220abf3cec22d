import { ToxAsyncError } from '../../errors';
import { malformed } from '../byte-reader';
import { fromRfc3339, toRfc3339 } from './rfc3339';

/** Largest JSON that is parsed, bytes of UTF-8: a parser needs many times the memory of what it reads. */
export const MAX_JSON_BYTES = 1_000_000;

/**
 * Reads the fields of a JSON object as Go's encoding/json writes them: a byte array as an array of numbers, a byte
 * slice as base64, a time as RFC 3339. Every failure but a size is ErrMalformed.
 */
export class JsonFields {
  readonly #object: object;
  readonly #what: string;

  constructor(value: unknown, what: string) {
    this.#what = what;
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw this.bad('it is not an object');
    this.#object = value;
  }

  /** @throws ErrMessageTooLarge over MAX_JSON_BYTES; ErrMalformed also when the text is not JSON */
  static parse(text: string, what: string): JsonFields {
    if (text.length > MAX_JSON_BYTES || Buffer.byteLength(text) > MAX_JSON_BYTES) {
      throw new ToxAsyncError(
        'ErrMessageTooLarge',
        `This ${what} is larger than ${MAX_JSON_BYTES} bytes of JSON. Use a form that is within this limit.`,
      );
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      // JSON's own error quotes the text, which may be a message.
      throw malformed(what, 'it is not JSON');
    }
    return new JsonFields(value, what);
  }

  /** The field must be this text. */
  literal(name: string, text: string): void {
    if (this.#get(name) !== text) throw this.bad(`${name} is not "${text}"`);
  }

  /** A whole number from 0 to `max`. */
  number(name: string, max: number): number {
    const value = this.#get(name);
    if (!isNumberUpTo(value, max)) throw this.bad(`${name} is not a number from 0 to ${max}`);
    return value;
  }

  /** `length` bytes as an array of numbers. */
  byteArray(name: string, length: number): Uint8Array {
    const value = this.array(name);
    if (value.length !== length || !value.every((byte) => isNumberUpTo(byte, 255))) {
      throw this.bad(`${name} is not an array of ${length} bytes`);
    }
    return Uint8Array.from(value);
  }

  /** Any bytes, as base64 with padding; null stands for none, as a nil slice does. */
  byteSlice(name: string): Uint8Array {
    const value = this.#get(name);
    if (value === null) return new Uint8Array();
    if (typeof value !== 'string') throw this.bad(`${name} is not base64`);
    const bytes = Buffer.from(value, 'base64');
    if (bytes.toString('base64') !== value) throw this.bad(`${name} is not base64`);
    return new Uint8Array(bytes);
  }

  /** Unix seconds. */
  time(name: string): number {
    const value = this.#get(name);
    const seconds = typeof value === 'string' ? fromRfc3339(value) : undefined;
    if (seconds === undefined) throw this.bad(`${name} is not an RFC 3339 time`);
    return seconds;
  }

  array(name: string): unknown[] {
    const value = this.#get(name);
    if (!Array.isArray(value)) throw this.bad(`${name} is not an array`);
    return value as unknown[];
  }

  bad(why: string): ToxAsyncError {
    return malformed(this.#what, why);
  }

  #get(name: string): unknown {
    return Object.getOwnPropertyDescriptor(this.#object, name)?.value;
  }
}

/** A byte array as JSON has it. @throws ErrInvalidArgument */
export function jsonBytes(bytes: Uint8Array, length: number): number[] {
  if (bytes.length === length) return Array.from(bytes);
  throw new ToxAsyncError('ErrInvalidArgument', `This field must have ${length} bytes, not ${bytes.length}.`);
}

/** A time as JSON has it. @throws ErrInvalidArgument */
export function jsonTime(seconds: number): string {
  const text = toRfc3339(seconds);
  if (text !== undefined) return text;
  throw new ToxAsyncError(
    'ErrInvalidArgument',
    `A time must be in Unix seconds of a year from 0 to 9999, not ${seconds}.`,
  );
}

/** A whole number as JSON has it. @throws ErrInvalidArgument */
export function jsonNumber(value: number, max: number): number {
  const given: unknown = value;
  if (isNumberUpTo(given, max)) return given;
  throw new ToxAsyncError(
    'ErrInvalidArgument',
    `This field must be a whole number from 0 to ${max}, not ${value}.`,
  );
}

function isNumberUpTo(value: unknown, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;
}
