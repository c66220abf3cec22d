import { concat, copyOf, toBase64, utf8 } from '../bytes';
import { ToxAsyncError } from '../errors';
import { CRC_BYTES, setCrc, withoutCrc } from './checked-bytes';
import type { Store, WriteBatch } from './store';

/** How the records of a table are written down; each also has a CRC. */
export interface RecordForm<T> {
  /** Valid until the next call. */
  encode(record: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}

/** Where most records are put together: memory for each alone would cost more than the record. */
const MEMORY = new Uint8Array(8192);

/** Bytes as they are, for a record that is nothing else. */
export const bareBytes: RecordForm<Uint8Array> = { encode: (bytes) => bytes, decode: (bytes) => bytes };

/** JSON in which a Uint8Array stands as `{"$b": base64}`, and an object with such a key as `{"$e": its entries}`. */
const json: RecordForm<object> = { encode: encodeJson, decode: decodeJson };

/**
 * One kind of record in the Store: keys are a short ASCII prefix and raw bytes, values are the record and a CRC.
 * Records are ours alone, so reading checks no more than that.
 */
export class Table<T extends object> {
  readonly #store: Pick<Store, 'get' | 'range'>;
  readonly #prefix: Uint8Array;
  readonly #form: RecordForm<T>;

  /**
   * @param name ends up in front of every key; no table's name may be a prefix of another's plus '/'.
   * @param form JSON by default
   */
  constructor(store: Pick<Store, 'get' | 'range'>, name: string, form = json as RecordForm<T>) {
    this.#store = store;
    this.#form = form;
    this.#prefix = new TextEncoder().encode(`${name}/`);
  }

  key(...parts: Uint8Array[]): Uint8Array {
    return concat(this.#prefix, ...parts);
  }

  get(...parts: Uint8Array[]): T | undefined {
    const value = this.#store.get(this.key(...parts));
    return value && this.#read(value);
  }

  put(batch: WriteBatch, parts: readonly Uint8Array[], record: T): void {
    const body = this.#form.encode(record);
    let keyBytes = this.#prefix.length;
    for (const part of parts) keyBytes += part.length;
    const length = keyBytes + body.length + CRC_BYTES;
    // The batch takes copies.
    const memory = length <= MEMORY.length ? MEMORY : new Uint8Array(length);
    memory.set(this.#prefix);
    let offset = this.#prefix.length;
    for (const part of parts) {
      memory.set(part, offset);
      offset += part.length;
    }
    memory.set(body, keyBytes);
    batch.put(memory.subarray(0, keyBytes), setCrc(memory.subarray(keyBytes, length)));
  }

  delete(batch: WriteBatch, parts: readonly Uint8Array[]): void {
    batch.delete(this.key(...parts));
  }

  /** Entries whose key continues with `parts`, in key order; `rest` is the key after `parts`. */
  *entries(...parts: Uint8Array[]): Generator<{ rest: Uint8Array; record: T }> {
    const gte = this.key(...parts);
    for (const [key, value] of this.#store.range({ gte, lt: afterPrefix(gte) })) {
      yield { rest: key.subarray(gte.length), record: this.#read(value) };
    }
  }

  /**
   * As `entries`, for tables in which one spoiled record must cost no more than itself: its `record` is undefined. Not
   * for what keeps a secret from serving twice or a message from being lost.
   */
  *soundEntries(...parts: Uint8Array[]): Generator<{ rest: Uint8Array; record: T | undefined }> {
    const gte = this.key(...parts);
    for (const [key, value] of this.#store.range({ gte, lt: afterPrefix(gte) })) {
      const bytes = withoutCrc(value);
      yield { rest: key.subarray(gte.length), record: bytes && this.#form.decode(bytes) };
    }
  }

  #read(value: Uint8Array): T {
    const bytes = withoutCrc(value);
    if (bytes) return this.#form.decode(bytes);
    throw damagedRecord();
  }
}

export function damagedRecord(): ToxAsyncError {
  return new ToxAsyncError(
    'ErrStore',
    "A record in the data directory's store is damaged. Put a sound copy of the store's file back, or move it away " +
      'to be asked whether to start new without it.',
  );
}

/** The smallest key greater than every key that begins with `prefix` (which holds a byte below 0xff). */
export function afterPrefix(prefix: Uint8Array): Uint8Array {
  let end = prefix.length;
  while (end > 0 && prefix[end - 1] === 0xff) end -= 1;
  const next = copyOf(prefix.subarray(0, end));
  next[end - 1] = (next[end - 1] ?? 0) + 1;
  return next;
}

export const SEQUENCE_BYTES = 8;

/** An unsigned number as 8 bytes, big-endian: keeps numeric order in keys. */
export function sequenceKey(n: number): Uint8Array {
  const bytes = new Uint8Array(SEQUENCE_BYTES);
  let rest = n;
  for (let i = SEQUENCE_BYTES - 1; rest > 0; i -= 1) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

export function readSequence(bytes: Uint8Array): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset, SEQUENCE_BYTES).getBigUint64(0));
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** Where most texts are encoded. */
const TEXT = new Uint8Array(8192);

function encodeJson(record: object): Uint8Array {
  const text = JSON.stringify(record, replace);
  if (3 * text.length > TEXT.length) return utf8(text);
  return TEXT.subarray(0, encoder.encodeInto(text, TEXT).written);
}

function replace(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return { $b: toBase64(value) };
  const isMark = typeof value === 'object' && value !== null && ('$b' in value || '$e' in value);
  return isMark ? { $e: Object.entries(value) } : value;
}

function decodeJson(bytes: Uint8Array): object {
  return JSON.parse(decoder.decode(bytes), revive) as object;
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('$b' in value && typeof value.$b === 'string') return new Uint8Array(Buffer.from(value.$b, 'base64'));
  if ('$e' in value && Array.isArray(value.$e)) return Object.fromEntries(value.$e as [string, unknown][]);
  return value;
}
