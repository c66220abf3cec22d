import { ToxAsyncError } from '../errors';

/** A session is open from its creation, started once, and stopped for good. */
export class SessionLife {
  readonly #end = new AbortController();
  #started = false;

  /** Aborts when the session stops; its reason is ErrClosed. */
  get ended(): AbortSignal {
    return this.#end.signal;
  }

  /** @throws ErrClosed */
  assertOpen(): void {
    if (this.#end.signal.aborted) throw closed();
  }

  /** Whether this is the first call. @throws ErrClosed */
  start(): boolean {
    this.assertOpen();
    const isFirst = !this.#started;
    this.#started = true;
    return isFirst;
  }

  stop(): void {
    this.#end.abort(closed());
  }
}

function closed(): ToxAsyncError {
  return new ToxAsyncError('ErrClosed', 'This session has been stopped. Open it again to use it.');
}
