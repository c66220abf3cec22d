import { guarded } from './guard';

/** Listeners that hear that something changed. One that throws stops neither the others nor who tells them. */
export class SignalList {
  readonly #listeners = new Set<() => void>();
  readonly #onError: ((error: Error) => void) | undefined;

  /** @param onError hears of the error of a listener; without it the process gives out a warning */
  constructor(onError?: (error: Error) => void) {
    this.#onError = onError;
  }

  /** Adds a listener and returns what removes it. */
  on(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(): void {
    for (const listener of [...this.#listeners]) guarded(listener, this.#onError);
  }
}
