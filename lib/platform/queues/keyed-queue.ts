import { ByteMap } from '../../byte-map';
import { SerialQueue } from './serial-queue';

/** Tasks of one key run one after the other in the order they were added, those of different keys side by side. */
export class KeyedQueue {
  /** Those of idle keys are not kept. */
  readonly #queues = new ByteMap<SerialQueue>();
  #onIdle: ((key: Uint8Array) => void) | undefined;

  /** From now on `onIdle` follows when all tasks of a key have finished. */
  listen(onIdle: (key: Uint8Array) => void): void {
    this.#onIdle = onIdle;
  }

  /** Resolves or rejects as `task` does; a failing task does not stop the next. */
  run<T>(key: Uint8Array, task: () => Promise<T> | T): Promise<T> {
    const queue = this.#queues.getOrInsert(key, () => new SerialQueue());
    const result = queue.run(task);
    const tidy = () => {
      if (queue.size > 0 || !this.#queues.delete(key)) return;
      this.#onIdle?.(key);
    };
    result.then(tidy, tidy);
    return result;
  }

  /** Tasks that were added for the key since it was last idle. */
  added(key: Uint8Array): number {
    return this.#queues.get(key)?.added ?? 0;
  }

  /** Resolves when everything added so far has finished. */
  async idle(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.idle()));
  }

  /** Keys with a task that is not finished. */
  get size(): number {
    return this.#queues.size;
  }
}
