/**
 * The ordered key-value store below everything durable.
 *
 * Guarantees of every engine, checked by one suite (testing/store/store-suite.ts):
 * - a batch is atomic: after a crash all of its operations are there or none is;
 * - `commit` resolves only after the batch is fsynced, and from then on reads see it; batches commit in the
 *   order of their `commit` calls, and those arriving together share a sync, or a few;
 * - `range` is in bytewise order of the keys and sees one consistent state.
 */
export interface Store {
  /** Name of the engine, as the directory's manifest records it. */
  readonly engine: string;
  /** The value, or undefined. Callers must not change it, and may use the key's bytes again. */
  get(key: Uint8Array): Uint8Array | undefined;
  /**
   * Gives what `look` makes of the value, or undefined without calling it. The value is not copied: it is there only
   * within the call, in which the store must not be asked for anything else.
   */
  peek<T>(key: Uint8Array, look: (value: Uint8Array) => T): T | undefined;
  range(options: RangeOptions): Iterable<[key: Uint8Array, value: Uint8Array]>;
  /** An empty batch; nothing happens before its `commit`. */
  batch(): WriteBatch;
  /** Commits what is under way, then closes. Later calls throw ErrClosed. */
  close(): Promise<void>;
}

/** Bounds are bytewise: `gte` inclusive, `lt` exclusive. */
export interface RangeOptions {
  readonly gte: Uint8Array;
  readonly lt: Uint8Array;
  readonly reverse?: boolean;
  /** Most entries to yield. */
  readonly limit?: number;
}

/** Longest key, bytes. */
export const MAX_KEY_BYTES = 256;

/** How a batch becomes durable. */
export interface CommitOptions {
  /** Nobody waits for it. */
  readonly canWait?: boolean;
}

/** Writes that become durable together, or not at all. */
export interface WriteBatch {
  /** Operations so far; of several on one key the last wins. */
  readonly size: number;
  /** Takes copies, so that the caller may reuse or wipe its bytes. The parts of the value are joined. */
  put(key: Uint8Array, ...value: Uint8Array[]): this;
  delete(key: Uint8Array): this;
  /** Runs after the batch is durable, in the order added, before `commit` resolves; must not throw. */
  afterCommit(run: () => void): this;
  /**
   * Makes the batch durable; callable once. An empty batch resolves without a write.
   * @throws ErrLocalStorageFull no space; ErrStore anything else; ErrClosed. Whether a batch that failed is
   * durable is unknown until the store is opened again.
   * @param how.canWait nobody waits for it: it may be written with what comes within a moment, still in its order
   */
  commit(how?: CommitOptions): Promise<void>;
}
