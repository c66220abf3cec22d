/** Nobody is inside; the thread is; the process ends, and nobody may go in any more. */
const OPEN = 0;
const INSIDE = 1;
const SHUT = 2;

/**
 * Keeps the end of a process and the work of its thread apart. Node stops a thread wherever it is; in the middle of
 * native code it cannot: while the binary of lmdb loads, that aborts the process, and within a transaction the process
 * waits for ever for a lock that nobody gives back. It cannot help in a thread that is terminated: that hears nothing of it.
 */
export class ThreadGate {
  readonly #state: Int32Array;

  /** @param memory of a gate's `memory`, in the thread; otherwise that of a new gate, which is open */
  constructor(readonly memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.#state = new Int32Array(memory);
  }

  /** In the thread: does one piece of work inside, from its start to its end. Stays outside for ever once it is shut. */
  work<T>(run: () => T): T {
    while (Atomics.compareExchange(this.#state, 0, OPEN, INSIDE) !== OPEN) Atomics.wait(this.#state, 0, SHUT);
    try {
      return run();
    } finally {
      Atomics.store(this.#state, 0, OPEN);
      Atomics.notify(this.#state, 0);
    }
  }

  /** In the process: shuts it once the work inside has ended, or after `limitMs` milliseconds as it is. */
  shut(limitMs: number): void {
    const until = performance.now() + limitMs;
    while (Atomics.compareExchange(this.#state, 0, OPEN, SHUT) === INSIDE) {
      const left = until - performance.now();
      if (left <= 0 || Atomics.wait(this.#state, 0, INSIDE, left) === 'timed-out') return;
    }
  }
}
