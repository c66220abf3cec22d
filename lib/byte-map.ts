/**
 * Map and Set with bytes as keys: Map and Set themselves compare Uint8Arrays by identity. Two keys are one when
 * their bytes are. What the caller does to a key's array afterwards changes nothing here, and each key that is
 * given out is a fresh array. Not for secrets: keys stay in memory until the collector comes.
 */
import { bytesOfText, textOfBytes } from './bytes';

/** As Map: in the order of first insertion, and safe to change while it is walked. */
export class ByteMap<V> implements Iterable<[Uint8Array, V]> {
  /** Text of one byte a character takes half of what hexadecimal does, and is looked up sooner. */
  readonly #values = new Map<string, V>();

  constructor(entries: Iterable<readonly [Uint8Array, V]> = []) {
    for (const [key, value] of entries) this.set(key, value);
  }

  get size(): number {
    return this.#values.size;
  }

  has(key: Uint8Array): boolean {
    return this.#values.has(textOfBytes(key));
  }

  get(key: Uint8Array): V | undefined {
    return this.#values.get(textOfBytes(key));
  }

  set(key: Uint8Array, value: V): this {
    this.#values.set(textOfBytes(key), value);
    return this;
  }

  /** The value of `key`; when there is none, `make` makes it first. */
  getOrInsert(key: Uint8Array, make: () => V): V {
    const text = textOfBytes(key);
    const known = this.#values.get(text);
    if (known !== undefined || this.#values.has(text)) return known as V;
    const made = make();
    this.#values.set(text, made);
    return made;
  }

  /** False when it was not there. */
  delete(key: Uint8Array): boolean {
    return this.#values.delete(textOfBytes(key));
  }

  clear(): void {
    this.#values.clear();
  }

  *keys(): Generator<Uint8Array, void> {
    for (const text of this.#values.keys()) yield bytesOfText(text);
  }

  values(): IterableIterator<V> {
    return this.#values.values();
  }

  *entries(): Generator<[Uint8Array, V], void> {
    for (const [text, value] of this.#values) yield [bytesOfText(text), value];
  }

  [Symbol.iterator](): Generator<[Uint8Array, V], void> {
    return this.entries();
  }
}

/** As Set: in the order of first insertion, and safe to change while it is walked. */
export class ByteSet implements Iterable<Uint8Array> {
  readonly #texts = new Set<string>();

  constructor(keys: Iterable<Uint8Array> = []) {
    for (const key of keys) this.add(key);
  }

  get size(): number {
    return this.#texts.size;
  }

  has(key: Uint8Array): boolean {
    return this.#texts.has(textOfBytes(key));
  }

  add(key: Uint8Array): this {
    this.#texts.add(textOfBytes(key));
    return this;
  }

  /** False when it was not there. */
  delete(key: Uint8Array): boolean {
    return this.#texts.delete(textOfBytes(key));
  }

  clear(): void {
    this.#texts.clear();
  }

  *values(): Generator<Uint8Array, void> {
    for (const text of this.#texts) yield bytesOfText(text);
  }

  [Symbol.iterator](): Generator<Uint8Array, void> {
    return this.values();
  }
}
