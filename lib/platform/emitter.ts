import { EventEmitter, on } from 'node:events';

/** Event name -> the one argument its listeners get. */
export type EventMap = Record<string, unknown>;

/**
 * Typed events. A listener that throws stops neither the other listeners nor the caller: its error goes to
 * `onListenerError`.
 */
export class Emitter<Events extends EventMap> {
  readonly #emitter = new EventEmitter();
  readonly #onListenerError: (error: unknown, event: string) => void;

  constructor(onListenerError: (error: unknown, event: string) => void) {
    this.#onListenerError = onListenerError;
    this.#emitter.setMaxListeners(0);
  }

  /** Adds a listener and returns the function that removes it. */
  on<K extends keyof Events & string>(event: K, listener: (value: Events[K]) => void): () => void {
    const guarded = (value: Events[K]) => {
      try {
        listener(value);
      } catch (error) {
        this.#onListenerError(error, event);
      }
    };
    this.#emitter.on(event, guarded);
    return () => this.#emitter.off(event, guarded);
  }

  emit<K extends keyof Events & string>(event: K, value: Events[K]): void {
    this.#emitter.emit(event, value);
  }

  /**
   * `for await (const value of emitter.iterate('event', {signal}))`. Keeps what comes from the call on, not only
   * from the first turn of the loop; ends when `signal` aborts or the loop is left.
   */
  iterate<K extends keyof Events & string>(
    event: K,
    options: { signal?: AbortSignal } = {},
  ): AsyncIterableIterator<Events[K]> {
    return unwrap<Events[K]>(on(this.#emitter, event, options), options.signal);
  }
}

/** node:events gives the arguments as an array, and throws when the signal aborts. */
function unwrap<T>(source: AsyncIterator<unknown[]>, signal?: AbortSignal): AsyncIterableIterator<T> {
  const done = { done: true, value: undefined } as const;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      try {
        const result = await source.next();
        return result.done === true ? done : { done: false, value: result.value[0] as T };
      } catch (error) {
        if (signal?.aborted === true) return done;
        throw error;
      }
    },
    async return() {
      await source.return?.();
      return done;
    },
  };
}
