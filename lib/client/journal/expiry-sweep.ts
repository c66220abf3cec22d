import type { Timer } from '../../platform/timers';
import type { WriteBatch } from '../../store/store';
import type { DataDirectory } from '../../store/directory/data-directory';
import type { AsyncClientHooks } from '../client-options';
import type { BaseComponents } from '../components';

/** Milliseconds between two sweeps at least, and from a change to the sweep that finds out when its part ends. */
const INTERVAL = 600_000;

/** A journal, or keys. */
export interface Swept {
  /**
   * Adds the deletion of what is past its time.
   * @returns the age, seconds, from which another part is; Infinity: there is none as long as nothing is added
   */
  expire(writes: WriteBatch): number;
}

export interface ExpirySweepComponents extends Pick<BaseComponents, 'ages' | 'clock' | 'store' | 'timers'> {
  readonly swept: readonly Swept[];
  readonly onWrite: DataDirectory['onWrite'];
  readonly hooks: Pick<AsyncClientHooks, 'onError'>;
}

/**
 * Deletes what is past its time: keys, tombstones, owed receipts and deletes, endings. One batch a sweep. There is a sweep
 * when something ends, and after something changed; none while nothing does.
 */
export class ExpirySweep {
  readonly #components: ExpirySweepComponents;
  #stopListening: (() => void) | undefined;
  #timer: { readonly at: number; readonly timer: Timer } | undefined;

  constructor(components: ExpirySweepComponents) {
    this.#components = components;
  }

  /** Sweeps now, and from now on when it is due; a sweep that fails is reported and tried again. */
  async start(): Promise<void> {
    this.#stopListening = this.#components.onWrite(() => this.#sweepIn(INTERVAL));
    await this.#sweep();
  }

  stop(): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
    this.#timer?.timer.cancel();
    this.#timer = undefined;
  }

  async #sweep(): Promise<void> {
    const { store, swept, ages, hooks } = this.#components;
    let wait = INTERVAL;
    try {
      const writes = store.batch();
      const next = swept.map((each) => each.expire(writes));
      wait = Math.max(INTERVAL, (Math.min(...next) - ages.now()) * 1000);
      await writes.commit();
    } catch (error) {
      wait = INTERVAL;
      hooks.onError(error);
    }
    if (wait < Infinity) this.#sweepIn(wait);
  }

  #sweepIn(wait: number): void {
    if (this.#stopListening === undefined) return;
    const { clock, timers } = this.#components;
    const at = clock.monotonic() + wait;
    if (this.#timer !== undefined) {
      if (this.#timer.at <= at) return;
      this.#timer.timer.cancel();
    }
    const timer = timers.after(wait, () => {
      this.#timer = undefined;
      void this.#sweep();
    });
    this.#timer = { at, timer };
  }
}
