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

  /** `for await (const value of emitter.iterate('event', {signal}))`; ends when `signal` aborts. */
  async *iterate<K extends keyof Events & string>(
    event: K,
    options: { signal?: AbortSignal } = {},
  ): AsyncGenerator<Events[K]> {
    try {
      for await (const [value] of on(this.#emitter, event, options)) yield value as Events[K];
    } catch (error) {
      if (options.signal?.aborted !== true) throw error;
    }
  }
}
