import { ToxAsyncError } from '../../errors';
import type { Platform } from '../../platform/platform';
import type { Timer } from '../../platform/timers';

/** A session is open from its creation, started once, and stopped for good. */
export class SessionLife {
  readonly #end = new AbortController();
  #started = false;
  #alive: Timer | undefined;
  #stopping: Promise<void> | undefined;

  /** Aborts when the session stops; its reason is ErrClosed. */
  get ended(): AbortSignal {
    return this.#end.signal;
  }

  /** @throws ErrClosed */
  assertOpen(): void {
    if (this.#end.signal.aborted) throw closed();
  }

  /** Whether this is the first call, from which the process stays alive. @throws ErrClosed */
  start({ keepAlive }: Pick<Platform, 'keepAlive'>): boolean {
    this.assertOpen();
    const isFirst = !this.#started;
    this.#started = true;
    if (isFirst) this.#alive = keepAlive?.();
    return isFirst;
  }

  /** @param finish runs once, however often this is called; until it has ended the process stays alive */
  stop(finish: () => Promise<void>): Promise<void> {
    this.#stopping ??= this.#finish(finish);
    return this.#stopping;
  }

  async #finish(finish: () => Promise<void>): Promise<void> {
    this.#end.abort(closed());
    await finish();
    this.#alive?.cancel();
  }
}

function closed(): ToxAsyncError {
  return new ToxAsyncError('ErrClosed', 'This session has been stopped. Open it again to use it.');
}
