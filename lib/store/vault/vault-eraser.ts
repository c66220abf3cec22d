import { ToxAsyncError } from '../../errors';
import { backoff } from '../../platform/backoff';
import { sleep, type Timers } from '../../platform/timers';
import type { Logger } from '../../types';
import type { SlotRef } from './secret-vault';

/** One slot to be overwritten. */
export interface Erasure {
  readonly ref: SlotRef;
  /** False when the slot already has another use: then only the mark is to be deleted. */
  readonly overwrite: boolean;
  /** True when the Store has a dead mark for it. */
  readonly marked: boolean;
}

/** Erases these. Calls `onErased` when that has reached the disk, and resolves when their marks are gone too. */
export type EraseRound = (erasures: readonly Erasure[], onErased: () => void) => Promise<void>;

interface Waiter {
  /** Erasures that must be done, counted from the start. */
  readonly count: number;
  readonly resolve: () => void;
  readonly reject: (error: ToxAsyncError) => void;
}

/** Wait after a failed round, milliseconds. */
const RETRY = { first: 1000, longest: 60_000 };

/**
 * Erases in the background, everything that arrived during one round together in the next. A round that fails
 * is tried again with growing waits until it succeeds or the vault closes; the marks in the Store make the next
 * start finish it then.
 */
export class VaultEraser {
  readonly #round: EraseRound;
  readonly #timers: Timers;
  readonly #log: Logger;
  readonly #closing = new AbortController();
  #waiting: Erasure[] = [];
  #running: Promise<void> | undefined;
  #added = 0;
  #done = 0;
  #waiters: Waiter[] = [];

  constructor(round: EraseRound, timers: Timers, log: Logger) {
    this.#round = round;
    this.#timers = timers;
    this.#log = log;
  }

  /** Ignored once closed: what is marked is erased at the next start. */
  add(erasures: readonly Erasure[]): void {
    if (this.#closing.signal.aborted || erasures.length === 0) return;
    // At a start there may be more than a call takes arguments.
    for (const erasure of erasures) this.#waiting.push(erasure);
    this.#added += erasures.length;
    this.#running ??= this.#run();
  }

  /** Resolves when everything added so far is erased. @throws ErrClosed when it was closed before that */
  settled(): Promise<void> {
    if (this.#done === this.#added) return Promise.resolve();
    if (this.#closing.signal.aborted && !this.#running) return Promise.reject(unfinished());
    return new Promise((resolve, reject) => this.#waiters.push({ count: this.#added, resolve, reject }));
  }

  /** Tries once more what is left, then ends. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(unfinished());
  }

  async #run(): Promise<void> {
    // Batches that committed together call one after the other: their erasures make one round.
    await Promise.resolve();
    for (let failures = 0; this.#waiting.length > 0;) {
      const erasures = this.#waiting.splice(0);
      const isLast = this.#closing.signal.aborted;
      let erased = 0;
      try {
        await this.#round(erasures, () => {
          erased = erasures.length;
          this.#finish(erased);
        });
        failures = 0;
      } catch (error) {
        failures += 1;
        this.#waiting = erasures.concat(this.#waiting);
        this.#added += erased;
        this.#report(error, failures, isLast);
        if (isLast) break;
        await sleep(this.#timers, backoff(failures, RETRY), this.#closing.signal);
      }
    }
    this.#running = undefined;
  }

  #finish(count: number): void {
    this.#done += count;
    const ready = this.#waiters.filter((waiter) => waiter.count <= this.#done);
    this.#waiters = this.#waiters.filter((waiter) => waiter.count > this.#done);
    for (const waiter of ready) waiter.resolve();
  }

  #report(error: unknown, failures: number, isLast: boolean): void {
    const text = error instanceof Error ? error.message : String(error);
    if (isLast) this.#log.warn(`Used secrets could not be erased; the next start will erase them (${text}).`);
    else if (failures === 1) this.#log.warn(`Used secrets could not be erased yet; trying again (${text}).`);
  }
}

function unfinished(): ToxAsyncError {
  return new ToxAsyncError(
    'ErrClosed',
    'The vault closed before it could overwrite all used secrets. It overwrites the rest when it is next opened.',
  );
}
