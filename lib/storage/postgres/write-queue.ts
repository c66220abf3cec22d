import { ByteMap } from '../../byte-map';
import { ToxAsyncError } from '../../errors';
import type { CountRow, CountsView } from './counts-view';
import type { Clock } from '../../platform/clock';
import type { Link } from './connection/link';
import type { Operation } from './operations';
import { isOfOneTransaction } from './connection/database-errors';
import { CLOCKS_DIFFER } from './connection/server-checks';
import { sweep } from './sweep';
import { MOST_OPERATIONS, runWave } from './wave';

const MOST_WAITING = 4096;

interface Sweep {
  readonly kind: 'sweep';
  readonly max: number;
  resolve(swept: number): void;
  reject(error: unknown): void;
}

/** What follows a transaction that holds. */
export interface WriteHooks {
  readonly view: CountsView;
  readonly clock: Pick<Clock, 'wall'>;
  onCounts(rows: readonly CountRow[]): void;
  onStored(mailboxes: readonly Uint8Array[]): void;
}

/**
 * Writes in the order of their calls, one transaction at a time; those that arrive meanwhile share the next one. When
 * the connection fails, all that wait fail with it: each would take seconds to find out by itself.
 */
export class WriteQueue {
  readonly #link: Link;
  readonly #hooks: WriteHooks;
  readonly #waiting: (Operation | Sweep)[] = [];
  #running = false;

  constructor(link: Link, hooks: WriteHooks) {
    this.#link = link;
    this.#hooks = hooks;
  }

  add(job: Operation | Sweep): void {
    if (this.#waiting.length >= MOST_WAITING) {
      job.reject(
        new ToxAsyncError('ErrDatabase', 'The database is too slow for what arrives. Try again later.'),
      );
      return;
    }
    this.#waiting.push(job);
    if (!this.#running) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#running = true;
    // Jobs of the same turn of the event loop join the first wave.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const next = this.#waiting[0];
      if (next?.kind === 'sweep') await this.#sweep(next);
      else await this.#wave(this.#takeWave());
    }
    this.#running = false;
  }

  /** The next operations, as long as each is on an envelope of its own. */
  #takeWave(): Operation[] {
    const wave: Operation[] = [];
    const names = new ByteMap<true>();
    for (const job of this.#waiting) {
      if (job.kind === 'sweep' || names.has(job.storageId) || wave.length === MOST_OPERATIONS) break;
      names.set(job.storageId, true);
      wave.push(job);
    }
    this.#waiting.splice(0, wave.length);
    return wave;
  }

  async #wave(operations: readonly Operation[]): Promise<void> {
    try {
      const result = await this.#link.use((client) =>
        runWave(client, operations, this.#hooks.view.settled()),
      );
      this.#hooks.onCounts(result.counts);
      result.settle();
      this.#hooks.onStored(result.arrivals);
    } catch (error) {
      this.#fail(operations, error);
    }
  }

  async #sweep(job: Sweep): Promise<void> {
    this.#waiting.shift();
    try {
      // Mail whose time is not over must not go because the server's clock jumped ahead.
      const latest = Math.floor(this.#hooks.clock.wall() / 1000) + CLOCKS_DIFFER;
      const { swept, counts } = await this.#link.use((client) => sweep(client, job.max, latest));
      this.#hooks.onCounts(counts);
      job.resolve(swept);
    } catch (error) {
      this.#fail([job], error);
    }
  }

  #fail(jobs: readonly (Operation | Sweep)[], error: unknown): void {
    const others = isOfOneTransaction(error) ? [] : this.#waiting.splice(0);
    for (const job of [...jobs, ...others]) job.reject(error);
  }
}
