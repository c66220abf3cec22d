/** Listeners that hear that something changed. */
export class SignalList {
  readonly #listeners = new Set<() => void>();

  /** Adds a listener and returns what removes it. */
  on(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
