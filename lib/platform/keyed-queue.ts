import { SerialQueue } from './serial-queue';

/** Tasks of one name run one after the other, those of different names side by side. */
export class KeyedQueue {
  readonly #queues = new Map<string, SerialQueue>();

  async run<T>(name: string, task: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(name) ?? new SerialQueue();
    this.#queues.set(name, queue);
    try {
      return await queue.run(task);
    } finally {
      if (queue.size === 0) this.#queues.delete(name);
    }
  }
}
