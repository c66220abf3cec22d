import type { Timer } from '../../platform/timers';
import type { WriteBatch } from '../../store/store';
import type { AsyncClientHooks } from '../client-options';
import type { BaseComponents } from '../components';

/** Milliseconds between two sweeps. */
const INTERVAL = 600_000;

export interface ExpirySweepComponents extends Pick<BaseComponents, 'store' | 'timers'> {
  /** Journals and keys; each adds the deletion of what is past its time. */
  readonly swept: readonly { expire(writes: WriteBatch): void }[];
  readonly hooks: Pick<AsyncClientHooks, 'onError'>;
}

/** Deletes what is past its time: keys, tombstones, owed receipts and deletes, endings. One batch a sweep. */
export class ExpirySweep {
  readonly #components: ExpirySweepComponents;
  #timer: Timer | undefined;

  constructor(components: ExpirySweepComponents) {
    this.#components = components;
  }

  /** Sweeps now and from time to time; a sweep that fails is reported and tried again at the next time. */
  async start(): Promise<void> {
    const { store, timers, swept, hooks } = this.#components;
    this.#timer = timers.after(INTERVAL, () => void this.start());
    try {
      const writes = store.batch();
      for (const each of swept) each.expire(writes);
      await writes.commit();
    } catch (error) {
      hooks.onError(error);
    }
  }

  stop(): void {
    this.#timer?.cancel();
  }
}
