import type { Disk } from '../../platform/disk';
import { systemKeepAlive, systemTimers, type Timers } from '../../platform/timers';
import { prepareLmdbFiles } from './lmdb-preflight';
import { LmdbReader } from './lmdb-reader';
import { LmdbThread } from './lmdb-thread';
import { LmdbWriter } from './lmdb-writer';
import type { Operations } from '../operations';
import { type Publish, QueuedStore } from '../queued-store';
import type { RangeOptions, Store } from '../store';
import { storeErrorByFreeSpace } from '../store-errors';

export { lmdbAvailable } from './lmdb-loader';

/** Milliseconds for which a batch waits for others, when nobody waits for it. */
const WAIT_MS = 20;

/** Where a store on lmdb lies. */
export interface LmdbStoreOptions {
  /** The database file; its lock file is `path`-lock. Their folder exists. */
  readonly path: string;
  /** Tells a full disk from a broken one. */
  readonly disk: Pick<Disk, 'freeBytes' | 'volumeBytes'>;
  /** Has another process read every record first: the file is not as it was when it was closed last. */
  readonly readFirst?: boolean;
  /** Looks at the store before anything is written to it, and throws to refuse it. */
  readonly check?: (store: Pick<Store, 'get' | 'range'>) => void;
  /** For the pauses between the starts of a writing thread that keeps dying, and for batches that can wait. */
  readonly timers?: Timers;
  /** A writing thread that gets ready already; it is ended with the store, or when that cannot be opened. @internal */
  readonly thread?: LmdbThread | undefined;
}

/**
 * Opens or makes a store on lmdb. It writes in a thread of its own and reads in the calling one: a commit that
 * fails inside lmdb makes a rejection that no caller can catch, which would end the process.
 * @throws ErrLocalStorageFull, ErrStore, ErrMissingLibrary
 */
export async function openLmdbStore(options: LmdbStoreOptions): Promise<Store> {
  // It gets ready while this thread looks at the file.
  const { path, timers = systemTimers, thread = new LmdbThread() } = options;
  let reader: LmdbReader | undefined;
  const writer = new LmdbWriter({ path, timers, thread, onDeath: () => reader?.reset() });
  try {
    await prepareLmdbFiles(options);
    reader = new LmdbReader(path);
    options.check?.(reader);
    await writer.start();
    return new LmdbStore({ ...options, timers }, reader, writer);
  } catch (error) {
    reader?.reset();
    await writer.close();
    throw await storeErrorByFreeSpace(error, options.disk, options.path, 0);
  }
}

class LmdbStore extends QueuedStore {
  readonly engine = 'lmdb';
  readonly #options: LmdbStoreOptions & { readonly timers: Timers };
  readonly #reader: LmdbReader;
  readonly #writer: LmdbWriter;

  constructor(
    options: LmdbStoreOptions & { readonly timers: Timers },
    reader: LmdbReader,
    writer: LmdbWriter,
  ) {
    super();
    this.#options = options;
    this.#reader = reader;
    this.#writer = writer;
  }

  override close(): Promise<void> {
    this.#writer.hurry();
    return super.close();
  }

  protected override read(key: Uint8Array): Uint8Array | undefined {
    return this.#reader.get(key);
  }

  protected override borrow(key: Uint8Array): Uint8Array | undefined {
    return this.#reader.borrow(key);
  }

  protected override scan(options: RangeOptions): Iterable<[Uint8Array, Uint8Array]> {
    return this.#reader.range(options);
  }

  protected override async write(operations: Operations): Promise<Publish> {
    const bytes = operations.byteLength;
    try {
      await this.#writer.commit(operations.take());
    } catch (error) {
      throw await storeErrorByFreeSpace(error, this.#options.disk, this.#options.path, bytes);
    }
    return () => this.#reader.refresh();
  }

  protected override later(write: () => void): () => void {
    // It is under way as much as one that is being written: the process must not end before.
    const alive = systemKeepAlive();
    const timer = this.#options.timers.after(WAIT_MS, write);
    return () => {
      alive.cancel();
      timer.cancel();
    };
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
