import { type LmdbDatabase, openLmdbFile } from './lmdb-loader';
import { closedError } from '../queued-store';
import { storeError } from '../store-errors';
import type { RangeOptions } from '../store';

type Rows = Iterator<{ key: Uint8Array; value: Uint8Array }>;

/** lmdb begins a scan without a start key at 0x00, the smallest key there is. */
const SMALLEST_KEY = Uint8Array.of(0);

/** Reads in the main thread what the writing thread commits. */
export class LmdbReader {
  readonly #path: string;
  #database: LmdbDatabase | undefined;
  /** Scans under way: lmdb must not be closed under them. */
  readonly #scans = new Set<Rows>();

  /** @throws lmdb's own errors when the file cannot be opened */
  constructor(path: string) {
    this.#path = path;
    this.#database = openLmdbFile(path);
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const database = this.#opened();
    return found(() => database.get(key));
  }

  /** The same in memory that lmdb uses again for the next read. */
  borrow(key: Uint8Array): Uint8Array | undefined {
    const database = this.#opened();
    return found(() => database.getBinaryFast(key));
  }

  /** One state from the first entry to the last; a scan that is not taken to its end keeps old pages in use. */
  *range(options: RangeOptions): Generator<[Uint8Array, Uint8Array]> {
    if (options.lt.length === 0 || options.limit === 0) return;
    const rows = this.#opened().getRange(bounds(options))[Symbol.iterator]() as Rows;
    this.#scans.add(rows);
    try {
      while (this.#scans.has(rows)) {
        const next = rows.next();
        if (next.done === true) return;
        yield [plainBytes(next.value.key), plainBytes(next.value.value)];
      }
      throw closedError();
    } finally {
      if (this.#scans.delete(rows)) rows.return?.();
    }
  }

  /** From now on reads see what was committed until now. */
  refresh(): void {
    this.#database?.resetReadTxn();
  }

  /**
   * Closes the file; the next read opens it again. After a failed commit that is the only way to a sound
   * mapping, because all threads share it. Scans under way end with ErrClosed.
   */
  reset(): void {
    for (const rows of this.#scans) rows.return?.();
    this.#scans.clear();
    void this.#database?.close();
    this.#database = undefined;
  }

  #opened(): LmdbDatabase {
    try {
      return (this.#database ??= openLmdbFile(this.#path));
    } catch (error) {
      throw storeError(error);
    }
  }
}

function bounds({ gte, lt, reverse, limit }: RangeOptions): object {
  const first = gte.length === 0 ? SMALLEST_KEY : gte;
  return {
    ...(reverse === true
      ? { reverse: true, start: lt, exclusiveStart: true, end: first, inclusiveEnd: true }
      : { start: first, end: lt }),
    ...(limit === undefined ? {} : { limit }),
  };
}

function found(read: () => Uint8Array | undefined): Uint8Array | undefined {
  try {
    const value = read();
    return value && plainBytes(value);
  } catch (error) {
    throw storeError(error);
  }
}

/** lmdb gives Buffers. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
