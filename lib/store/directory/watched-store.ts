import { ToxAsyncError } from '../../errors';
import type { CommitOptions, RangeOptions, Store, WriteBatch } from '../store';

export interface StoreWatch {
  /** A commit failed for want of space. */
  readonly onFull: () => void;
  /** A batch that changes something is durable. */
  readonly onWrite?: () => void;
  /** What batches wait for. */
  readonly gate?: Gate;
}

/** See SpaceGuard. */
export interface Gate {
  readonly isOpen: boolean;
  /** Something waits for it to open. */
  readonly isAwaited: boolean;
  whenOpen(write: (problem: ToxAsyncError | undefined) => void): void;
}

/** A store that says what becomes of its commits. */
export function watchedStore(store: Store, watch: StoreWatch): Store {
  return {
    engine: store.engine,
    get: (key: Uint8Array) => store.get(key),
    peek: (key, look) => store.peek(key, look),
    range: (options: RangeOptions) => store.range(options),
    batch: () => new WatchedBatch(store.batch(), watch),
    close: () => store.close(),
  };
}

class WatchedBatch implements WriteBatch {
  readonly #batch: WriteBatch;
  readonly #watch: StoreWatch;

  constructor(batch: WriteBatch, watch: StoreWatch) {
    this.#batch = batch;
    this.#watch = watch;
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

  async commit(how?: CommitOptions): Promise<void> {
    try {
      await this.#commit(how);
      if (this.#batch.size > 0) this.#watch.onWrite?.();
    } catch (error) {
      if (ToxAsyncError.is(error, 'ErrLocalStorageFull')) this.#watch.onFull();
      throw error;
    }
  }

  /** A batch that changes nothing needs no open gate, but goes behind those that do. */
  #commit(how?: CommitOptions): Promise<void> {
    const { gate } = this.#watch;
    const isEmpty = this.#batch.size === 0;
    if (gate === undefined || gate.isOpen || (isEmpty && !gate.isAwaited)) return this.#batch.commit(how);
    return new Promise((resolve, reject) => {
      gate.whenOpen((problem) => {
        if (problem && !isEmpty) reject(problem);
        else this.#batch.commit(how).then(resolve, reject);
      });
    });
  }
}
