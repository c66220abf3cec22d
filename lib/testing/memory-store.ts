import { ToxAsyncError } from '../errors';
import { type Random, randomFraction } from '../platform/random';
import { sleep, type Timers } from '../platform/timers';
import { OrderedIndex } from '../store/ordered-index';
import { closedError, type Publish, QueuedStore } from '../store/queued-store';
import type { Operations } from '../store/operations';
import type { RangeOptions, Store } from '../store/store';

/** How long a commit takes; without it, a few microtasks. */
export interface CommitDelay {
  readonly timers: Timers;
  readonly ms: number;
}

/**
 * What a memory store keeps between two openings: a "disk" for tests and simulations. It survives `close` and
 * `crash`; with the same calls in the same order it does the same every time.
 */
export class MemoryVolume {
  /** @internal */
  readonly index = new OrderedIndex<Uint8Array>();
  readonly delay: CommitDelay | undefined;
  #open: MemoryStore | undefined;

  constructor(delay?: CommitDelay) {
    this.delay = delay;
  }

  /**
   * Ends the open store as a dying process does. Commits that have not resolved are lost as whole batches and
   * reject with ErrClosed; with `random` the first few of them are on the disk all the same.
   */
  crash(random?: Random): void {
    this.#open?.crash(random);
  }

  /** @internal One store at a time has the volume. */
  attach(store: MemoryStore): void {
    if (this.#open)
      throw new ToxAsyncError('ErrStore', 'This volume is already open. Close its store first.');
    this.#open = store;
  }

  /** @internal */
  detach(): void {
    this.#open = undefined;
  }
}

/** Opens the store that lies on a volume. @throws ErrStore when one is open on it */
export function openMemoryStore(volume: MemoryVolume): Store {
  return new MemoryStore(volume);
}

class MemoryStore extends QueuedStore {
  readonly engine = 'memory';
  readonly #volume: MemoryVolume;

  constructor(volume: MemoryVolume) {
    super();
    volume.attach(this);
    this.#volume = volume;
  }

  crash(random: Random | undefined): void {
    const unwritten = this.abandon();
    const kept = random ? Math.floor(randomFraction(random) * (unwritten.length + 1)) : 0;
    for (const commit of unwritten.slice(0, kept)) this.#volume.index.apply(commit.operations.copies());
    for (const commit of unwritten) commit.fail(closedError());
    this.#volume.detach();
  }

  protected override read(key: Uint8Array): Uint8Array | undefined {
    return this.#volume.index.get(key);
  }

  protected override scan(options: RangeOptions): Iterable<[Uint8Array, Uint8Array]> {
    return this.#volume.index.range(options);
  }

  protected override async write(operations: Operations): Promise<Publish> {
    const { delay, index } = this.#volume;
    if (delay) await sleep(delay.timers, delay.ms);
    return () => index.apply(operations.copies());
  }

  protected override gather(): Promise<void> {
    return Promise.resolve();
  }

  protected override release(): Promise<void> {
    this.#volume.detach();
    return Promise.resolve();
  }
}
