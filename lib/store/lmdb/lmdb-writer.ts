import { Worker } from 'node:worker_threads';
import { backoff } from '../../platform/backoff';
import { sleep, type Timers } from '../../platform/timers';
import { lmdbWorkerFile } from './lmdb-loader';

/** Wait before a thread that keeps dying is started again, milliseconds. */
const RESTART = { first: 100, longest: 5000 };

interface Thread {
  readonly worker: Worker;
  /** The caller that waits for the thread's next answer. */
  waiting?: { resolve: () => void; reject: (cause: unknown) => void };
  cause?: unknown;
}

/**
 * Owns the writing thread. One that dies fails the commit under way and is started again for the next one: the
 * first time at once, then after a pause that doubles until a commit succeeds. The thread keeps the process
 * alive only while a commit is under way.
 */
export class LmdbWriter {
  readonly #path: string;
  readonly #timers: Timers;
  readonly #onDeath: () => void;
  readonly #closing = new AbortController();
  #thread: Thread | undefined;
  #failures = 0;

  /** @param onDeath runs when a thread has ended by itself, before the commit under way fails */
  constructor(path: string, timers: Timers, onDeath: () => void) {
    this.#path = path;
    this.#timers = timers;
    this.#onDeath = onDeath;
  }

  /** Starts the thread. Rejects with the reason why it ended, when it cannot open the file. */
  async start(): Promise<void> {
    await this.#running();
  }

  /**
   * Resolves when a block of operations (operations.ts) is durable; rejects with the reason when the thread died. Not
   * to be called again before that.
   */
  async commit(packed: ArrayBuffer): Promise<void> {
    const thread = await this.#running();
    await answer(thread, () => thread.worker.postMessage(packed, [packed]));
    this.#failures = 0;
  }

  /** Ends a pause, so that the last commits are tried at once. */
  hurry(): void {
    this.#closing.abort();
  }

  /** Ends the thread; nothing is under way any more. */
  async close(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    thread?.worker.ref();
    await thread?.worker.terminate();
  }

  async #running(): Promise<Thread> {
    if (this.#thread) return this.#thread;
    const pause = restartPause(this.#failures);
    if (pause > 0) await sleep(this.#timers, pause, this.#closing.signal);
    const worker = new Worker(lmdbWorkerFile(), { workerData: { path: this.#path } });
    const thread: Thread = { worker };
    this.#thread = thread;
    worker.on('message', () => thread.waiting?.resolve());
    worker.on('error', (error) => (thread.cause = error));
    worker.on('exit', () => this.#ended(thread));
    await answer(thread, () => undefined);
    return thread;
  }

  #ended(thread: Thread): void {
    if (this.#thread !== thread) return;
    this.#thread = undefined;
    this.#failures += 1;
    this.#onDeath();
    thread.waiting?.reject(thread.cause ?? new Error('The writer thread of the store ended.'));
  }
}

/** Milliseconds to wait after so many failures in a row: the first does not count. */
export function restartPause(failures: number): number {
  return backoff(failures - 1, RESTART);
}

async function answer(thread: Thread, ask: () => void): Promise<void> {
  thread.worker.ref();
  try {
    await new Promise<void>((resolve, reject) => {
      thread.waiting = { resolve, reject };
      ask();
    });
  } finally {
    delete thread.waiting;
    thread.worker.unref();
  }
}
