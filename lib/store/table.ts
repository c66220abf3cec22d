import { concat, copyOf, readUint32 } from '../bytes';
import { ToxAsyncError } from '../errors';
import { CRC_BYTES, withoutCrc } from './checked-bytes';
import { crc32 } from './crc32';
import { packed, type RecordForm } from './record-form';
import { MAX_KEY_BYTES, type Store, type WriteBatch } from './store';

/** Where keys are put together for whoever keeps none: memory for each alone would cost more than the key. */
const MEMORY = new Uint8Array(MAX_KEY_BYTES);
/** The CRC of the record that is put into a batch. */
const CRC = new Uint8Array(CRC_BYTES);
const CRC_VIEW = new DataView(CRC.buffer);

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
    // Nobody keeps the key.
    const value = this.#store.get(this.keyInMemory(parts));
    return value && this.#read(value);
  }

  put(batch: WriteBatch, parts: readonly Uint8Array[], record: T): void {
    const body = this.#form.encode(record);
    CRC_VIEW.setUint32(0, crc32(body));
    // The batch takes copies.
    batch.put(this.keyInMemory(parts), body, CRC);
  }

  delete(batch: WriteBatch, parts: readonly Uint8Array[]): void {
    batch.delete(this.keyInMemory(parts));
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

  /** As `key`, valid until the next call, of any table. */
  protected keyInMemory(parts: readonly Uint8Array[]): Uint8Array {
    let length = this.#prefix.length;
    for (const part of parts) length += part.length;
    if (length > MEMORY.length) return this.key(...parts);
    MEMORY.set(this.#prefix);
    let offset = this.#prefix.length;
    for (const part of parts) {
      MEMORY.set(part, offset);
      offset += part.length;
    }
    return MEMORY.subarray(0, length);
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
  return readUint32(bytes, 0) * 2 ** 32 + readUint32(bytes, 4);
}
