import type { Store, WriteBatch } from '../store/store';
import { nameOf } from './mail-counts';

/** What one wave reads and writes: reads see what it has put and deleted. */
export interface Draft {
  get(key: Uint8Array): Uint8Array | undefined;
  /** A put that no `get` of the wave asks for: it is not looked up, which costs most of a put. */
  write(key: Uint8Array, value: Uint8Array): void;
  put(key: Uint8Array, value: Uint8Array): void;
  delete(key: Uint8Array): void;
  /** Runs in the same step in which readers begin to see the wave; not when it fails. */
  afterCommit(run: () => void): void;
}

export interface WaveHooks {
  /** Runs before a wave is committed, when it changes anything. */
  beforeCommit(draft: Draft): void;
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
  readonly #waiting: WaitingEdit[] = [];
  #running = false;

  constructor(store: Store, hooks: WaveHooks) {
    this.#store = store;
    this.#hooks = hooks;
  }

  /**
   * Runs `edit` and resolves with its result when its writes are durable. An edit that throws must not have
   * written; it fails alone.
   */
  run<T>(edit: (draft: Draft) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({
        apply: (draft) => {
          const result = edit(draft);
          return () => resolve(result);
        },
        reject,
      });
      if (!this.#running) void this.#drain();
    });
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

  async #commit(edits: WaitingEdit[]): Promise<void> {
    const done: (() => void)[] = [];
    try {
      const batch = this.#store.batch();
      const draft = new WaveDraft(this.#store, batch);
      for (const edit of edits) {
        try {
          done.push(edit.apply(draft));
        } catch (error) {
          edit.reject(error);
        }
      }
      if (batch.size > 0) {
        this.#hooks.beforeCommit(draft);
        await batch.commit();
      }
    } catch (error) {
      this.#hooks.afterFailure();
      for (const edit of edits) edit.reject(error);
      return;
    }
    for (const resolve of done) resolve();
  }
}

interface WaitingEdit {
  apply(draft: Draft): () => void;
  reject(error: unknown): void;
}

class WaveDraft implements Draft {
  readonly #store: Store;
  readonly #batch: WriteBatch;
  readonly #changed = new Map<string, Uint8Array | undefined>();

  constructor(store: Store, batch: WriteBatch) {
    this.#store = store;
    this.#batch = batch;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const name = nameOf(key);
    return this.#changed.has(name) ? this.#changed.get(name) : this.#store.get(key);
  }

  write(key: Uint8Array, value: Uint8Array): void {
    this.#batch.put(key, value);
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#changed.set(nameOf(key), value);
    this.#batch.put(key, value);
  }

  delete(key: Uint8Array): void {
    this.#changed.set(nameOf(key), undefined);
    this.#batch.delete(key);
  }

  afterCommit(run: () => void): void {
    this.#batch.afterCommit(run);
  }
}
