import { Worker } from 'node:worker_threads';
import { atExit } from '../../platform/system/at-exit';
import { lmdbWorkerFile } from './lmdb-loader';
import { ThreadGate } from './thread-gate';

/** Longest wait of a process that ends for what its thread is at, milliseconds: for a sync on a slow card. */
const LONGEST_MS = 10_000;

/**
 * A thread of lmdb-worker.ts, for one caller that waits for each answer. It opens nothing by itself: to get ready takes
 * as long as a fifth of a start, in which others look at the file. It keeps the process alive only while its answer is
 * awaited, and the end of the process waits until it is at nothing.
 */
export class LmdbThread {
  /** Runs when it has ended by itself, before the answer under way fails. */
  onDeath: () => void = () => undefined;
  readonly #gate = new ThreadGate();
  readonly #worker = new Worker(lmdbWorkerFile(), { workerData: this.#gate.memory });
  readonly #exited: Promise<void>;
  #waiting: { resolve: () => void; reject: (cause: unknown) => void } | undefined;
  #cause: unknown;
  #hasEnded = false;

  constructor() {
    this.#worker.on('message', () => this.#waiting?.resolve());
    this.#worker.on('error', (error) => (this.#cause = error));
    const ended = atExit(() => this.#gate.shut(LONGEST_MS));
    this.#exited = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        ended();
        this.#hasEnded = true;
        this.onDeath();
        this.#waiting?.reject(this.#cause ?? new Error('The writer thread of the store ended.'));
        resolve();
      });
    });
    // After the listeners, of which the first holds the process.
    this.#worker.unref();
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

  /** Idempotent. It ends by itself, once it has got ready and done what was asked of it: see ThreadGate. */
  async end(): Promise<void> {
    this.onDeath = () => undefined;
    this.#worker.ref();
    this.#worker.postMessage(undefined);
    await this.#exited;
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
