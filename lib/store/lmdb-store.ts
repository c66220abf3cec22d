import { open } from 'node:fs/promises';
import type { Disk } from '../platform/disk';
import { systemTimers, type Timers } from '../platform/timers';
import { packOperations } from './lmdb-frame';
import { LmdbReader } from './lmdb-reader';
import { LmdbWriter } from './lmdb-writer';
import { type Publish, QueuedStore } from './queued-store';
import type { RangeOptions, Store } from './store';
import { storeErrorByFreeSpace } from './store-errors';
import type { Operation } from './write-batch';

export { lmdbAvailable } from './lmdb-loader';

/** More than lmdb needs for its default of 126 readers. */
const LOCK_FILE_BYTES = 16_384;

export interface LmdbStoreOptions {
  /** The database file; its lock file is `path`-lock. Their folder exists. */
  readonly path: string;
  /** Tells a full disk from a broken one. */
  readonly disk: Pick<Disk, 'freeBytes' | 'volumeBytes'>;
  /** For the pauses between the starts of a writing thread that keeps dying. */
  readonly timers?: Timers;
}

/**
 * Opens or makes a store on lmdb. It writes in a thread of its own and reads in the calling one: a commit that
 * fails inside lmdb makes a rejection that no caller can catch, which would end the process.
 * @throws ErrLocalStorageFull, ErrStore, ErrMissingLibrary
 */
export async function openLmdbStore(options: LmdbStoreOptions): Promise<Store> {
  let reader: LmdbReader | undefined;
  try {
    await fillLockFile(`${options.path}-lock`);
    reader = new LmdbReader(options.path);
    const store = new LmdbStore(options, reader);
    await store.start();
    return store;
  } catch (error) {
    reader?.reset();
    throw await storeErrorByFreeSpace(error, options.disk, options.path, 0);
  }
}

/**
 * lmdb makes its lock file sparse and writes to it through memory: on a full disk that ends the process (SIGBUS).
 * A file with all of its blocks is used as it is.
 */
async function fillLockFile(path: string): Promise<void> {
  const file = await open(path, 'a', 0o600);
  try {
    const { size } = await file.stat();
    if (size < LOCK_FILE_BYTES) await file.writeFile(new Uint8Array(LOCK_FILE_BYTES - size));
  } finally {
    await file.close();
  }
}

class LmdbStore extends QueuedStore {
  readonly engine = 'lmdb';
  readonly #options: LmdbStoreOptions;
  readonly #reader: LmdbReader;
  readonly #writer: LmdbWriter;

  constructor(options: LmdbStoreOptions, reader: LmdbReader) {
    super();
    this.#options = options;
    this.#reader = reader;
    this.#writer = new LmdbWriter(options.path, options.timers ?? systemTimers, () => reader.reset());
  }

  start(): Promise<void> {
    return this.#writer.start();
  }

  override close(): Promise<void> {
    this.#writer.hurry();
    return super.close();
  }

  protected override read(key: Uint8Array): Uint8Array | undefined {
    return this.#reader.get(key);
  }

  protected override scan(options: RangeOptions): Iterable<[Uint8Array, Uint8Array]> {
    return this.#reader.range(options);
  }

  protected override async write(operations: readonly Operation[]): Promise<Publish> {
    const packed = packOperations(operations);
    const bytes = packed.byteLength;
    try {
      await this.#writer.commit(packed);
    } catch (error) {
      throw await storeErrorByFreeSpace(error, this.#options.disk, this.#options.path, bytes);
    }
    return () => this.#reader.refresh();
  }

  /** One turn of the event loop. */
  protected override gather(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  protected override async release(): Promise<void> {
    this.#reader.reset();
    await this.#writer.close();
  }
}
