import { ToxAsyncError } from '../errors';
import { Operations } from './operations';
import type { CommitOptions, WriteBatch } from './store';

/** A batch on its way to the disk. Its engine calls exactly one of `succeed` and `fail`. */
export interface PendingCommit {
  readonly operations: Operations;
  /** To be called in the same step in which reads begin to see the batch: runs what waits for its commit. */
  succeed(): void;
  fail(error: unknown): void;
}

/** The write batch of every engine; an engine differs only in what it does with the finished batch. */
export class QueuedBatch implements WriteBatch {
  readonly #submit: (commit: PendingCommit, how: CommitOptions) => void;
  readonly #operations = new Operations();
  readonly #callbacks: (() => void)[] = [];
  #committed = false;

  /** @param submit takes over the batch at its `commit`; may throw */
  constructor(submit: (commit: PendingCommit, how: CommitOptions) => void) {
    this.#submit = submit;
  }

  get size(): number {
    return this.#operations.count;
  }

  put(key: Uint8Array, ...value: Uint8Array[]): this {
    this.#assertNotCommitted();
    this.#operations.put(key, value);
    return this;
  }

  delete(key: Uint8Array): this {
    this.#assertNotCommitted();
    this.#operations.delete(key);
    return this;
  }

  afterCommit(run: () => void): this {
    this.#assertNotCommitted();
    this.#callbacks.push(run);
    return this;
  }

  async commit(how: CommitOptions = {}): Promise<void> {
    this.#assertNotCommitted();
    this.#committed = true;
    await new Promise<void>((resolve, reject) => {
      const succeed = () => {
        try {
          for (const run of this.#callbacks) run();
          resolve();
        } catch (error) {
          // A callback's mistake must not stop the other batches of the group; its own caller hears of it.
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      this.#submit({ operations: this.#operations, succeed, fail: reject }, how);
    });
  }

  #assertNotCommitted(): void {
    if (this.#committed) {
      throw new ToxAsyncError('ErrInvalidArgument', 'This batch is already committed. Make a new one.');
    }
  }
}
