/** Runs tasks one after the other in the order they were added; a failing task does not stop the next. */
export class SerialQueue {
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;
  #added = 0;

  /** Tasks added and not yet finished. */
  get size(): number {
    return this.#waiting;
  }

  /** Tasks added since it was made. */
  get added(): number {
    return this.#added;
  }

  /** Resolves or rejects as `task` does. */
  run<T>(task: () => Promise<T> | T): Promise<T> {
    this.#added += 1;
    this.#waiting += 1;
    const result = this.#tail.then(task);
    const settle = () => {
      this.#waiting -= 1;
    };
    this.#tail = result.then(settle, settle);
    return result;
  }

  /** Resolves when everything added so far has finished. */
  idle(): Promise<void> {
    return this.#tail;
  }
}
