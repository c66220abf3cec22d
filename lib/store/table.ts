import { concat, copyOf } from '../bytes';
import { ToxAsyncError } from '../errors';
import { CRC_BYTES, setCrc, withoutCrc } from './checked-bytes';
import { packed, type RecordForm } from './record-form';
import type { Store, WriteBatch } from './store';

/** Where most records are put together: memory for each alone would cost more than the record. */
const MEMORY = new Uint8Array(8192);

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
   * @param form `packed` by default
   */
  constructor(store: Pick<Store, 'get' | 'range'>, name: string, form = packed as RecordForm<T>) {
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
