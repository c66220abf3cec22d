import { Worker } from 'node:worker_threads';
import { lmdbWorkerFile } from './lmdb-loader';

/**
 * A thread of lmdb-worker.ts, for one caller that waits for each answer. It opens nothing by itself: to get ready takes
 * as long as a fifth of a start, in which others look at the file. It keeps the process alive only while its answer is
 * awaited.
 */
export class LmdbThread {
  /** Runs when it has ended by itself, before the answer under way fails. */
  onDeath: () => void = () => undefined;
  readonly #worker = new Worker(lmdbWorkerFile());
  #waiting: { resolve: () => void; reject: (cause: unknown) => void } | undefined;
  #cause: unknown;
  #hasEnded = false;

  constructor() {
    this.#worker.unref();
    this.#worker.on('message', () => this.#waiting?.resolve());
    this.#worker.on('error', (error) => (this.#cause = error));
    this.#worker.on('exit', () => {
      this.#hasEnded = true;
      this.onDeath();
      this.#waiting?.reject(this.#cause ?? new Error('The writer thread of the store ended.'));
    });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Resolves when it has opened the database; rejects with the reason why it ended. */
  open(path: string): Promise<void> {
    return this.#answer(() => this.#worker.postMessage(path));
  }

  /** Resolves when a block of operations (operations.ts) is durable; rejects with the reason why it ended. */
  commit(packed: ArrayBuffer): Promise<void> {
    return this.#answer(() => this.#worker.postMessage(packed, [packed]));
  }

  /** Idempotent; nothing is under way any more. */
  async end(): Promise<void> {
    this.onDeath = () => undefined;
    this.#worker.ref();
    await this.#worker.terminate();
  }

  async #answer(ask: () => void): Promise<void> {
    this.#worker.ref();
    try {
      await new Promise<void>((resolve, reject) => {
        this.#waiting = { resolve, reject };
        ask();
      });
    } finally {
      this.#waiting = undefined;
      this.#worker.unref();
    }
  }
}
