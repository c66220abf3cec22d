import { concat } from '../bytes';
import { ToxAsyncError } from '../errors';
import { withCrc, withoutCrc } from './checked-bytes';
import type { Store, WriteBatch } from './store';

/**
 * One kind of record in the Store: keys are a short ASCII prefix and raw bytes, values are JSON in which a
 * Uint8Array stands as `{"$b": base64}`, and a CRC. Records are ours alone, so decoding checks no more than that.
 */
export class Table<T extends object> {
  readonly #store: Store;
  readonly #prefix: Uint8Array;

  /** @param name ends up in front of every key; no table's name may be a prefix of another's plus '/'. */
  constructor(store: Store, name: string) {
    this.#store = store;
    this.#prefix = new TextEncoder().encode(`${name}/`);
  }

  key(...parts: Uint8Array[]): Uint8Array {
    return concat(this.#prefix, ...parts);
  }

  get(...parts: Uint8Array[]): T | undefined {
    const value = this.#store.get(this.key(...parts));
    return value && (decodeRecord(value) as T);
  }

  put(batch: WriteBatch, parts: readonly Uint8Array[], record: T): void {
    batch.put(this.key(...parts), encodeRecord(record));
  }

  delete(batch: WriteBatch, parts: readonly Uint8Array[]): void {
    batch.delete(this.key(...parts));
  }

  /** Entries whose key continues with `parts`, in key order; `rest` is the key after `parts`. */
  *entries(...parts: Uint8Array[]): Generator<{ rest: Uint8Array; record: T }> {
    const gte = this.key(...parts);
    for (const [key, value] of this.#store.range({ gte, lt: afterPrefix(gte) })) {
      yield { rest: key.subarray(gte.length), record: decodeRecord(value) as T };
    }
  }
}

/** The smallest key greater than every key that begins with `prefix` (which holds a byte below 0xff). */
export function afterPrefix(prefix: Uint8Array): Uint8Array {
  let end = prefix.length;
  while (end > 0 && prefix[end - 1] === 0xff) end -= 1;
  const next = prefix.slice(0, end);
  next[end - 1] = (next[end - 1] ?? 0) + 1;
  return next;
}

/** An unsigned number as 8 bytes, big-endian: keeps numeric order in keys. */
export function sequenceKey(n: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(n));
  return bytes;
}

export function readSequence(bytes: Uint8Array): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0));
}

function encodeRecord(record: object): Uint8Array {
  const json = JSON.stringify(record, (_key, value: unknown) =>
    value instanceof Uint8Array ? { $b: Buffer.from(value).toString('base64') } : value,
  );
  return withCrc(new TextEncoder().encode(json));
}

function decodeRecord(bytes: Uint8Array): unknown {
  const json = withoutCrc(bytes);
  if (json) return JSON.parse(new TextDecoder().decode(json), revive);
  throw new ToxAsyncError(
    'ErrStore',
    'A record in the data directory is damaged. Restore the directory from a backup or start with a new one.',
  );
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value === 'object' && value !== null && '$b' in value && typeof value.$b === 'string') {
    return new Uint8Array(Buffer.from(value.$b, 'base64'));
  }
  return value;
}
