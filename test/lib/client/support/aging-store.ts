import { MemoryVolume, openMemoryStore } from '../../../../lib/testing/memory-store';
import type { Store, WriteBatch } from '../../../../lib/store/store';

/** A store on a disk that outlives it, and the age of what is in it. */
export class AgingStore {
  readonly #disk = new MemoryVolume();
  store: Store = openMemoryStore(this.#disk);
  /** Seconds. */
  age = 1000;
  readonly ages = { now: () => this.age };

  /** What was not durable is lost. */
  restart(): void {
    this.#disk.crash();
    this.store = openMemoryStore(this.#disk);
  }

  /** @returns how much was written */
  async write(change: (writes: WriteBatch) => void): Promise<number> {
    const writes = this.store.batch();
    change(writes);
    const { size } = writes;
    await writes.commit();
    return size;
  }
}
