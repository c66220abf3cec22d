import { ByteMap } from '../byte-map';
import type { WriteBatch } from './store';
import { Table } from './table';

/** A table for batches in which one record may change more than once: each change can see the ones before it. */
export class StagedTable<T extends object> extends Table<T> {
  /** What each batch says so far, by whole key; undefined for what it deletes. */
  readonly #staged = new WeakMap<WriteBatch, ByteMap<T | undefined>>();

  /** The record as it will be once `batch` is durable, as far as the batch goes now. */
  getIn(batch: WriteBatch, ...parts: Uint8Array[]): T | undefined {
    const staged = this.#staged.get(batch);
    const key = staged && this.keyInMemory(parts);
    return key && staged.has(key) ? staged.get(key) : this.get(...parts);
  }

  override put(batch: WriteBatch, parts: readonly Uint8Array[], record: T): void {
    super.put(batch, parts, record);
    this.#stage(batch, parts, record);
  }

  override delete(batch: WriteBatch, parts: readonly Uint8Array[]): void {
    super.delete(batch, parts);
    this.#stage(batch, parts, undefined);
  }

  #stage(batch: WriteBatch, parts: readonly Uint8Array[], record: T | undefined): void {
    const staged = this.#staged.get(batch) ?? new ByteMap<T | undefined>();
    staged.set(this.keyInMemory(parts), record);
    this.#staged.set(batch, staged);
  }
}
