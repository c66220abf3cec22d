import type { Timer, Timers } from '../../platform/timers';
import type { Store, WriteBatch } from '../../store/store';

/** Milliseconds between two sweeps. */
const INTERVAL = 600_000;

/** Deletes what is past its time: keys, tombstones, owed receipts and deletes, endings. One batch a sweep. */
export class ExpirySweep {
  readonly #store: Store;
  readonly #timers: Timers;
  readonly #expire: readonly ((writes: WriteBatch) => void)[];
  readonly #onError: (error: unknown) => void;
  #timer: Timer | undefined;

  constructor(parts: {
    store: Store;
    timers: Timers;
    expire: readonly ((writes: WriteBatch) => void)[];
    onError: (error: unknown) => void;
  }) {
    this.#store = parts.store;
    this.#timers = parts.timers;
    this.#expire = parts.expire;
    this.#onError = parts.onError;
  }

  /** Sweeps now and from time to time; a sweep that fails is reported and tried again at the next time. */
  async start(): Promise<void> {
    this.#timer = this.#timers.after(INTERVAL, () => void this.start());
    try {
      const writes = this.#store.batch();
      for (const expire of this.#expire) expire(writes);
      await writes.commit();
    } catch (error) {
      this.#onError(error);
    }
  }

  stop(): void {
    this.#timer?.cancel();
  }
}
