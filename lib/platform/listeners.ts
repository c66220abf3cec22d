/** Who hears of one kind of event. */
export class Listeners<Args extends readonly unknown[] = []> {
  readonly #listeners = new Set<(...args: Args) => void>();

  /** Gives what ends it. */
  add(listener: (...args: Args) => void): () => void {
    const own = (...args: Args) => listener(...args);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  emit(...args: Args): void {
    for (const listener of this.#listeners) listener(...args);
  }
}
