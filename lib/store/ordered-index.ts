import { compareBytes } from '../bytes';
import type { RangeOptions } from './store';

type Entry<V> = readonly [key: Uint8Array, value: V];
type Chunk<V> = readonly Entry<V>[];

/** A chunk that grows beyond this is split. */
const CHUNK_ENTRIES = 64;

/**
 * A map in bytewise order of its keys, for the engines that keep their keys in memory. A chunk is never changed
 * once it can be seen: an iteration keeps the chunks it began with, and so sees one state whatever is written
 * in between.
 */
export class OrderedIndex<V> {
  #chunks: readonly Chunk<V>[] = [];

  get(key: Uint8Array): V | undefined {
    const chunk = this.#chunks[chunkOf(this.#chunks, key)];
    const entry = chunk?.[firstAtOrAfter(chunk, key)];
    return entry && compareBytes(entry[0], key) === 0 ? entry[1] : undefined;
  }

  /** Sets each key, or with undefined removes it; readers see all of it at once. */
  apply(changes: Iterable<readonly [key: Uint8Array, value: V | undefined]>): void {
    const chunks = this.#chunks.slice();
    const ours = new Set<Chunk<V>>();
    for (const [key, value] of changes) {
      const at = chunkOf(chunks, key);
      const old = chunks[at] ?? [];
      // A chunk copied earlier in this call is not visible yet, so it may be changed in place.
      const chunk = ours.has(old) ? (old as Entry<V>[]) : old.slice();
      change(chunk, key, value);
      ours.delete(old);
      const parts = chunk.length > CHUNK_ENTRIES ? halves(chunk) : chunk.length > 0 ? [chunk] : [];
      for (const part of parts) ours.add(part);
      chunks.splice(at, 1, ...parts);
    }
    this.#chunks = chunks;
  }

  /** Entries with gte <= key < lt as they are now, whenever they are taken. */
  range(options: RangeOptions): Generator<[key: Uint8Array, value: V]> {
    return options.reverse === true ? descend(this.#chunks, options) : ascend(this.#chunks, options);
  }
}

function* ascend<V>(chunks: readonly Chunk<V>[], options: RangeOptions): Generator<[Uint8Array, V]> {
  let left = options.limit ?? Infinity;
  let at = chunkOf(chunks, options.gte);
  let chunk = chunks[at];
  let position = chunk ? firstAtOrAfter(chunk, options.gte) : 0;
  while (chunk && left > 0) {
    const entry = chunk[position];
    if (entry) {
      if (compareBytes(entry[0], options.lt) >= 0) return;
      yield [entry[0], entry[1]];
      position += 1;
      left -= 1;
    } else {
      at += 1;
      chunk = chunks[at];
      position = 0;
    }
  }
}

function* descend<V>(chunks: readonly Chunk<V>[], options: RangeOptions): Generator<[Uint8Array, V]> {
  let left = options.limit ?? Infinity;
  let at = chunkOf(chunks, options.lt);
  let chunk = chunks[at];
  let position = chunk ? firstAtOrAfter(chunk, options.lt) - 1 : 0;
  while (chunk && left > 0) {
    const entry = chunk[position];
    if (entry) {
      if (compareBytes(entry[0], options.gte) < 0) return;
      yield [entry[0], entry[1]];
      position -= 1;
      left -= 1;
    } else {
      at -= 1;
      chunk = chunks[at];
      position = (chunk?.length ?? 0) - 1;
    }
  }
}

function change<V>(chunk: Entry<V>[], key: Uint8Array, value: V | undefined): void {
  const at = firstAtOrAfter(chunk, key);
  const existing = chunk[at];
  const replaced = existing && compareBytes(existing[0], key) === 0 ? 1 : 0;
  if (value === undefined) chunk.splice(at, replaced);
  else chunk.splice(at, replaced, [key, value]);
}

function halves<V>(chunk: Entry<V>[]): Entry<V>[][] {
  return [chunk.slice(0, chunk.length / 2), chunk.slice(chunk.length / 2)];
}

/** The chunk that holds `key` if any does: the last one that begins at or before it. */
function chunkOf<V>(chunks: readonly Chunk<V>[], key: Uint8Array): number {
  const after = partition(chunks.length, (at) => {
    const first = chunks[at]?.[0];
    return first !== undefined && compareBytes(first[0], key) <= 0;
  });
  return Math.max(after - 1, 0);
}

function firstAtOrAfter<V>(chunk: Chunk<V>, key: Uint8Array): number {
  return partition(chunk.length, (at) => {
    const entry = chunk[at];
    return entry !== undefined && compareBytes(entry[0], key) < 0;
  });
}

/** How many of 0..length-1 are `before`, which is true up to some point and false from there. */
function partition(length: number, before: (at: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (before(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
