import { backoff } from '../../platform/backoff';
import { sleep, type Timers } from '../../platform/timers';
import { LmdbThread } from './lmdb-thread';

/** Wait before a thread that keeps dying is started again, milliseconds. */
const RESTART = { first: 100, longest: 5000 };

export interface LmdbWriterOptions {
  readonly path: string;
  readonly timers: Timers;
  /** Runs when a thread has ended by itself, before the commit under way fails. */
  readonly onDeath: () => void;
  /** The first thread, which gets ready already. */
  readonly thread?: LmdbThread | undefined;
}

/**
 * Owns the writing thread. One that dies fails the commit under way and is started again for the next one: the
 * first time at once, then after a pause that doubles until a commit succeeds.
 */
export class LmdbWriter {
  readonly #o: LmdbWriterOptions;
  readonly #closing = new AbortController();
  /** That has opened the file, or is about to. */
  #thread: LmdbThread | undefined;
  #failures = 0;

  constructor(options: LmdbWriterOptions) {
    this.#o = options;
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
    await thread.commit(packed);
    this.#failures = 0;
  }

  /** Ends a pause, so that the last commits are tried at once. */
  hurry(): void {
    this.#closing.abort();
  }

  /** Ends the thread; nothing is under way any more. */
  async close(): Promise<void> {
    const thread = this.#thread ?? this.#o.thread;
    this.#thread = undefined;
    await thread?.end();
  }

  async #running(): Promise<LmdbThread> {
    if (this.#thread) return this.#thread;
    const pause = restartPause(this.#failures);
    if (pause > 0) await sleep(this.#o.timers, pause, this.#closing.signal);
    const thread = this.#o.thread?.hasEnded === false ? this.#o.thread : new LmdbThread();
    this.#thread = thread;
    thread.onDeath = () => this.#ended();
    await thread.open(this.#o.path);
    return thread;
  }

  #ended(): void {
    this.#thread = undefined;
    this.#failures += 1;
    this.#o.onDeath();
  }
}

/** Milliseconds to wait after so many failures in a row: the first does not count. */
export function restartPause(failures: number): number {
  return backoff(failures - 1, RESTART);
}
