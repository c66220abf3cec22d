import { ToxAsyncError } from '../errors';
import { checkKey, Operations } from './operations';
import type { RangeOptions, Store, WriteBatch } from './store';
import { type PendingCommit, QueuedBatch } from './write-batch';

/**
 * Operations that are written as a group when more wait (64 messages sent have about as many): those whose batches are
 * done are at work while the others are written, where a group of all would have everybody wait for the disk at once.
 */
const FULL_GROUP = 320;

/** Shows durable operations to readers; called right after they are durable. */
export type Publish = () => void;

/**
 * What the engines have in common: the states open, closing and closed, and the group commit. Batches are
 * written strictly one group after the other; those that arrive while a group is being written make up the
 * next one, which needs a single sync, or the next few if they are many. Those that can wait are written with the next
 * ones that cannot, or after a moment.
 */
export abstract class QueuedStore implements Store {
  abstract readonly engine: string;
  #state: 'open' | 'closing' | 'closed' = 'open';
  #closing: Promise<void> | undefined;
  /** In the order of the `commit` calls; the first `#underWay` of them are being written. */
  #queue: PendingCommit[] = [];
  #underWay = 0;
  #writer: Promise<void> | undefined;
  /** Of those that are not being written, one or more cannot wait. */
  #isDue = false;
  /** Ends the wait of those that can. */
  #stopWaiting: (() => void) | undefined;

  /**
   * Makes the operations durable, all or none; several on one key are in order.
   * @throws ErrLocalStorageFull, ErrStore
   */
  protected abstract write(operations: Operations): Promise<Publish>;
  /** Resolves when batches that belong together had time to arrive. */
  protected abstract gather(): Promise<void>;
  /** Runs `write` after a moment, or at once where an engine has no reason to wait. @returns what ends the wait */
  protected later(write: () => void): (() => void) | undefined {
    write();
    return undefined;
  }
  /** Lets go of files and threads; nothing is under way any more. */
  protected abstract release(): Promise<void>;
  protected abstract read(key: Uint8Array): Uint8Array | undefined;
  /** The value in memory that the next read may use again. */
  protected borrow(key: Uint8Array): Uint8Array | undefined {
    return this.read(key);
  }
  protected abstract scan(options: RangeOptions): Iterable<[key: Uint8Array, value: Uint8Array]>;

  get(key: Uint8Array): Uint8Array | undefined {
    this.#assertNotClosed();
    checkKey(key);
    return this.read(key);
  }

  peek<T>(key: Uint8Array, look: (value: Uint8Array) => T): T | undefined {
    this.#assertNotClosed();
    checkKey(key);
    const value = this.borrow(key);
    return value && look(value);
  }

  range(options: RangeOptions): Iterable<[key: Uint8Array, value: Uint8Array]> {
    this.#assertNotClosed();
    return this.scan(options);
  }

  batch(): WriteBatch {
    this.#assertOpen();
    return new QueuedBatch((commit, { canWait = false }) => {
      this.#assertOpen();
      this.#queue.push(commit);
      if (!canWait) this.#write();
      else if (!this.#writer) this.#wait();
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Ends the store without writing what is under way, as a crash does; gives those batches, in order. */
  protected abandon(): readonly PendingCommit[] {
    const unwritten = this.#queue;
    this.#queue = [];
    this.#underWay = 0;
    this.#stopWaiting?.();
    this.#state = 'closed';
    this.#closing ??= Promise.resolve();
    return unwritten;
  }

  async #close(): Promise<void> {
    this.#state = 'closing';
    if (this.#queue.length > 0) this.#write();
    await this.#writer;
    this.#state = 'closed';
    await this.release();
  }

  #wait(): void {
    this.#stopWaiting ??= this.later(() => this.#write());
  }

  #write(): void {
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
    this.#isDue = true;
    this.#writer ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    while (this.#isDue) {
      if (!this.#nextGroup().isFull) await this.gather();
      this.#underWay = this.#nextGroup().length;
      this.#isDue = this.#queue.length > this.#underWay;
      await this.#writeGroup(this.#queue.slice(0, this.#underWay));
      this.#queue.splice(0, this.#underWay);
      this.#underWay = 0;
    }
    this.#writer = undefined;
    if (this.#queue.length > 0) this.#wait();
  }

  /** How many of the queue are written next, and whether more would make no sense. */
  #nextGroup(): { readonly length: number; readonly isFull: boolean } {
    let operations = 0;
    for (const [at, commit] of this.#queue.entries()) {
      operations += commit.operations.count;
      if (operations >= FULL_GROUP) return { length: at + 1, isFull: true };
    }
    return { length: this.#queue.length, isFull: false };
  }

  async #writeGroup(group: readonly PendingCommit[]): Promise<void> {
    let operations: Operations;
    let publish: Publish;
    try {
      operations = Operations.join(group.map((commit) => commit.operations));
      publish = operations.count > 0 ? await this.write(operations) : () => undefined;
    } catch (error) {
      if (this.#state === 'closed') return;
      for (const commit of group) {
        if (commit.operations.count > 0) commit.fail(error);
        else commit.succeed();
      }
      return;
    }
    if (this.#state === 'closed') return;
    publish();
    operations.release();
    for (const commit of group) {
      commit.succeed();
      commit.operations.release();
    }
  }

  #assertOpen(): void {
    if (this.#state !== 'open') throw closedError();
  }

  /** While it closes, the store still answers what runs after the last commits. */
  #assertNotClosed(): void {
    if (this.#state === 'closed') throw closedError();
  }
}

export function closedError(): ToxAsyncError {
  return new ToxAsyncError('ErrClosed', 'The store is closed. Open it again.');
}
