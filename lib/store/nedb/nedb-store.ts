import { decodeOperations, encodeDocument, type NedbDocument, numberOf } from './nedb-document';
import { NedbFile } from './nedb-file';
import { NedbLiveness } from './nedb-liveness';
import { cutTornEnd, scanFile } from './nedb-scan';
import type { Operation, Operations } from '../operations';
import { OrderedIndex } from '../ordered-index';
import { type Publish, QueuedStore } from '../queued-store';
import type { RangeOptions, Store } from '../store';
import { storeError } from '../store-errors';
import type { Logger } from '../../types';

/** Dead documents are removed when there are this many. */
const REMOVE_AT = 64;
/** The file is rewritten when it is so many times the size of what is live, and so many bytes more. */
const GARBAGE_FACTOR = 4;
const GARBAGE_BYTES = 1024 * 1024;
/** Live operations moved out of sparse documents go into documents of about this many. */
const OPERATIONS_PER_DOCUMENT = 256;

/** Where a store on NeDB lies. */
export interface NedbStoreOptions {
  /** The data file; its folder exists. */
  readonly path: string;
  readonly log?: Logger;
  /** Looks at the store before anything of the file is changed, and throws to refuse it. */
  readonly check?: (store: Pick<Store, 'get' | 'range'>) => void;
}

/**
 * Opens or makes a store on nedb, in pure JavaScript: all of it is read into memory at the start.
 * @throws ErrLocalStorageFull, ErrStore
 */
export async function openNedbStore({ path, log, check }: NedbStoreOptions): Promise<Store> {
  try {
    const scanned = await scanFile(path);
    const { documents, torn } = scanned;
    const index = new OrderedIndex<Uint8Array>();
    index.apply(documents.flatMap(decodeOperations));
    check?.(index);
    if (torn > 0) {
      log?.warn(
        `The last ${torn} bytes of ${path} were not whole and were cut off, as after a power cut. ` +
          'If there was none, messages may be missing.',
      );
    }
    await cutTornEnd(path, scanned);
    const store = new NedbStore(await NedbFile.open(path), documents, index);
    await store.clean('whole file');
    return store;
  } catch (error) {
    throw storeError(error);
  }
}

class NedbStore extends QueuedStore {
  readonly engine = 'nedb';
  readonly #file: NedbFile;
  readonly #index: OrderedIndex<Uint8Array>;
  readonly #liveness = new NedbLiveness();
  #nextNumber = 1;
  /** After a compaction that failed, the size at which it is tried again. */
  #compactAt = 0;

  /** @param index what the documents hold */
  constructor(file: NedbFile, documents: readonly NedbDocument[], index: OrderedIndex<Uint8Array>) {
    super();
    this.#file = file;
    this.#index = index;
    for (const document of documents) {
      this.#liveness.add(document);
      this.#nextNumber = numberOf(document) + 1;
    }
  }

  /**
   * Removes dead documents and, when the file is mostly garbage or the caller asks, rewrites it. Nothing depends on
   * it, so an error (on a full disk, say) only puts it off: the commit that follows meets the same disk and reports it.
   */
  async clean(what: 'garbage' | 'whole file' = 'garbage'): Promise<void> {
    try {
      await this.#removeDead();
      if (this.#isMostlyGarbage()) await this.#compact();
      else if (what === 'whole file') await this.#file.compact();
    } catch {
      this.#compactAt = this.#file.size + GARBAGE_BYTES;
    }
  }

  protected override read(key: Uint8Array): Uint8Array | undefined {
    return this.#index.get(key);
  }

  protected override scan(options: RangeOptions): Iterable<[Uint8Array, Uint8Array]> {
    return this.#index.range(options);
  }

  protected override async write(operations: Operations): Promise<Publish> {
    if (this.#liveness.dead.length >= REMOVE_AT || this.#isMostlyGarbage()) await this.clean();
    try {
      await this.#append(operations);
    } catch (error) {
      throw storeError(error);
    }
    return () => this.#index.apply(operations.copies());
  }

  /** One turn of the event loop. */
  protected override gather(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  protected override release(): Promise<void> {
    return this.#file.close();
  }

  async #append(operations: Iterable<Operation>): Promise<void> {
    const document = encodeDocument(this.#nextNumber, operations);
    this.#nextNumber += 1;
    await this.#file.append(document);
    this.#liveness.add(document);
  }

  /** A removal can make a delete superfluous, but only once it is durable: hence in rounds. */
  async #removeDead(): Promise<void> {
    while (this.#liveness.dead.length > 0) {
      this.#liveness.removed(await this.#file.remove(this.#liveness.dead));
    }
  }

  #isMostlyGarbage(): boolean {
    const { size } = this.#file;
    return size > GARBAGE_FACTOR * this.#liveness.liveBytes + GARBAGE_BYTES && size > this.#compactAt;
  }

  /** Sparse documents first repeat what is live of them in new ones, so that they can go as a whole. */
  async #compact(): Promise<void> {
    const live = this.#liveness.sparse().flatMap((document) => {
      return decodeOperations({ ...document, ops: this.#liveness.liveOperations(document) });
    });
    for (let start = 0; start < live.length; start += OPERATIONS_PER_DOCUMENT) {
      await this.#append(live.slice(start, start + OPERATIONS_PER_DOCUMENT));
    }
    await this.#removeDead();
    await this.#file.compact();
  }
}
