import { ToxAsyncError } from '../../errors';
import type { RangeOptions, Store, WriteBatch } from '../store';

/** A store that calls `onFull` whenever a commit fails for want of space. */
export function watchedStore(store: Store, onFull: () => void): Store {
  return {
    engine: store.engine,
    get: (key: Uint8Array) => store.get(key),
    peek: (key, look) => store.peek(key, look),
    range: (options: RangeOptions) => store.range(options),
    batch: () => new WatchedBatch(store.batch(), onFull),
    close: () => store.close(),
  };
}

class WatchedBatch implements WriteBatch {
  readonly #batch: WriteBatch;
  readonly #onFull: () => void;

  constructor(batch: WriteBatch, onFull: () => void) {
    this.#batch = batch;
    this.#onFull = onFull;
  }

  get size(): number {
    return this.#batch.size;
  }

  put(key: Uint8Array, ...value: Uint8Array[]): this {
    this.#batch.put(key, ...value);
    return this;
  }

  delete(key: Uint8Array): this {
    this.#batch.delete(key);
    return this;
  }

  afterCommit(run: () => void): this {
    this.#batch.afterCommit(run);
    return this;
  }

  async commit(): Promise<void> {
    try {
      await this.#batch.commit();
    } catch (error) {
      if (ToxAsyncError.is(error, 'ErrLocalStorageFull')) this.#onFull();
      throw error;
    }
  }
}
