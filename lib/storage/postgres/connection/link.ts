import { ToxAsyncError } from '../../../errors';
import { asDatabaseError } from './database-errors';
import type { DatabaseAddress } from './database-settings';
import type { DatabaseClient } from './pg-loader';
import { connectToPrimary, cut } from './primary';

/**
 * One connection to the primary for questions that follow each other: made when it is needed, dropped after a failure
 * (whatever was under way there is undone by the server), and then made to whichever host is the primary by then.
 * @param isReady resolves once a further connection may be made
 */
export class Link {
  readonly #address: DatabaseAddress;
  readonly #isReady: () => Promise<void>;
  #hasFailed = false;
  #client: Promise<DatabaseClient> | undefined;
  /** One question at a time. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #closing = new AbortController();

  constructor(address: DatabaseAddress, isReady = () => Promise.resolve()) {
    this.#address = address;
    this.#isReady = isReady;
  }

  /** @throws ErrDatabase, ErrLocalStorageFull, ErrMissingLibrary, ErrClosed, and what `work` throws of ours */
  async use<T>(work: (client: DatabaseClient) => Promise<T>): Promise<T> {
    this.#closing.signal.throwIfAborted();
    const mine = this.#last.then(() => this.#run(work));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async #run<T>(work: (client: DatabaseClient) => Promise<T>): Promise<T> {
    this.#closing.signal.throwIfAborted();
    const connecting = (this.#client ??= this.#connect());
    try {
      return await work(await connecting);
    } catch (error) {
      if (this.#client === connecting) this.drop();
      this.#closing.signal.throwIfAborted();
      throw asDatabaseError(error);
    }
  }

  /** The next question makes a new connection. */
  drop(): void {
    const dropped = this.#client;
    if (dropped === undefined) return;
    this.#client = undefined;
    this.#hasFailed = true;
    dropped.then(cut, () => undefined);
  }

  close(): void {
    this.#closing.abort(closed());
    this.drop();
  }

  async #connect(): Promise<DatabaseClient> {
    if (this.#hasFailed) await this.#isReady();
    const { client } = await connectToPrimary(this.#address);
    return client;
  }
}

/** What becomes of all that is under way when the engine is closed. */
export function closed(): ToxAsyncError {
  return new ToxAsyncError('ErrClosed', 'The session has been closed.');
}
