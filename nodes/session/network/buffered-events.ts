/** Most events that are kept; of more, the oldest go. */
const MOST_KEPT = 100;

/** Tells one listener, and keeps what comes while there is none. */
export class BufferedEvents<T> {
  #listener: ((event: T) => void) | undefined;
  #kept: T[] = [];

  tell(event: T): void {
    if (this.#listener !== undefined) this.#listener(event);
    else this.#kept = [...this.#kept, event].slice(-MOST_KEPT);
  }

  /** Replaces the listener, which first hears what was kept. */
  listen(listener: ((event: T) => void) | undefined): void {
    this.#listener = listener;
    if (listener !== undefined) for (const event of this.#kept.splice(0)) listener(event);
  }
}
