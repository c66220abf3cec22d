import { concat } from '../bytes';
import { ToxAsyncError } from '../errors';
import { MAX_KEY_BYTES, type WriteBatch } from './store';

/** One write; an undefined value deletes the key. */
export type Operation = readonly [key: Uint8Array, value: Uint8Array | undefined];

/** A batch on its way to the disk. Its engine calls exactly one of `succeed` and `fail`. */
export interface PendingCommit {
  readonly operations: readonly Operation[];
  /** To be called in the same step in which reads begin to see the batch: runs what waits for its commit. */
  succeed(): void;
  fail(error: unknown): void;
}

/** The write batch of every engine; an engine differs only in what it does with the finished batch. */
export class QueuedBatch implements WriteBatch {
  readonly #submit: (commit: PendingCommit) => void;
  readonly #operations: Operation[] = [];
  readonly #callbacks: (() => void)[] = [];
  #committed = false;

  /** @param submit takes over the batch at its `commit`; may throw */
  constructor(submit: (commit: PendingCommit) => void) {
    this.#submit = submit;
  }

  get size(): number {
    return this.#operations.length;
  }

  /** Takes copies, so that the caller may reuse or wipe its bytes. */
  put(key: Uint8Array, value: Uint8Array): this {
    // One piece of memory for both: batches are made of many small ones, and each costs.
    const copy = concat(key, value);
    return this.#add(copy.subarray(0, key.length), copy.subarray(key.length));
  }

  delete(key: Uint8Array): this {
    return this.#add(key.slice(), undefined);
  }

  afterCommit(run: () => void): this {
    this.#assertNotCommitted();
    this.#callbacks.push(run);
    return this;
  }

  async commit(): Promise<void> {
    this.#assertNotCommitted();
    this.#committed = true;
    await new Promise<void>((resolve, reject) => {
      this.#submit({
        operations: this.#operations,
        succeed: () => {
          try {
            for (const run of this.#callbacks) run();
            resolve();
          } catch (error) {
            // A callback's mistake must not stop the other batches of the group; its own caller hears of it.
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        },
        fail: reject,
      });
    });
  }

  #add(key: Uint8Array, value: Uint8Array | undefined): this {
    this.#assertNotCommitted();
    checkKey(key);
    this.#operations.push([key, value]);
    return this;
  }

  #assertNotCommitted(): void {
    if (this.#committed) {
      throw new ToxAsyncError('ErrInvalidArgument', 'This batch is committed already; make a new one.');
    }
  }
}

/** @throws ErrInvalidArgument unless the key has 1 to MAX_KEY_BYTES bytes */
export function checkKey(key: Uint8Array): void {
  if (key.length >= 1 && key.length <= MAX_KEY_BYTES) return;
  throw new ToxAsyncError(
    'ErrInvalidArgument',
    `A key of the store must have 1 to ${MAX_KEY_BYTES} bytes; this one has ${key.length}.`,
  );
}
