interface Waiter {
  readonly count: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Counts events, and lets others wait for a count. */
export class Counter {
  #count = 0;
  #waiters: Waiter[] = [];
  #failure: Error | undefined;

  get count(): number {
    return this.#count;
  }

  add(): void {
    this.#count += 1;
    const reached = this.#waiters.filter(({ count }) => count <= this.#count);
    if (reached.length === 0) return;
    this.#waiters = this.#waiters.filter(({ count }) => count > this.#count);
    for (const { resolve } of reached) resolve();
  }

  /** No count will be reached any more. */
  fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiters.splice(0)) reject(error);
  }

  /** Resolves at this count, counted from the beginning; rejects with what `fail` was given. */
  async reach(count: number): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#count >= count) return;
    await new Promise<void>((resolve, reject) => this.#waiters.push({ count, resolve, reject }));
  }
}
