import type { Store, WriteBatch } from '../../store/store';

/** Reads, decides and writes. */
export interface Edit {
  /** One that throws must not have changed anything; it fails alone. */
  apply(batch: WriteBatch): void;
  /** Its writes are durable. */
  resolve(): void;
  reject(error: unknown): void;
}

export interface WaveHooks {
  /** Runs before a wave is committed, when it changes anything. */
  beforeCommit(batch: WriteBatch): void;
  /** The wave may or may not be durable: whatever memory knows of it must be read again. */
  afterFailure(): void;
}

/** Edits in one wave; more would hold up the event loop. */
const MOST_EDITS = 256;

/**
 * Edits that read, decide and write without a race: they run one after the other, and those that arrive while a
 * commit is under way share the next one. One batch is in flight at a time, so totals written with each batch
 * always agree with what is durable.
 */
export class CommitWaves {
  readonly #store: Store;
  readonly #hooks: WaveHooks;
  readonly #waiting: Edit[] = [];
  #running = false;

  constructor(store: Store, hooks: WaveHooks) {
    this.#store = store;
    this.#hooks = hooks;
  }

  /** Runs `edit` and resolves with its result when its writes are durable. */
  run<T>(edit: (batch: WriteBatch) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let result: T;
      this.add({
        apply: (batch) => {
          result = edit(batch);
        },
        resolve: () => resolve(result),
        reject,
      });
    });
  }

  add(edit: Edit): void {
    this.#waiting.push(edit);
    if (!this.#running) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#running = true;
    // Edits made in the same turn of the event loop join the first wave.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      await this.#commit(this.#waiting.splice(0, MOST_EDITS));
    }
    this.#running = false;
  }

  async #commit(edits: Edit[]): Promise<void> {
    const applied: Edit[] = [];
    try {
      const batch = this.#store.batch();
      for (const edit of edits) {
        try {
          edit.apply(batch);
          applied.push(edit);
        } catch (error) {
          edit.reject(error);
        }
      }
      if (batch.size > 0) {
        this.#hooks.beforeCommit(batch);
        await batch.commit();
      }
    } catch (error) {
      this.#hooks.afterFailure();
      for (const edit of edits) edit.reject(error);
      return;
    }
    for (const edit of applied) edit.resolve();
  }
}
