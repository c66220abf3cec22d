const SMALLEST = 64;
/** 2^32 over the golden ratio, odd: a product with it spreads over the high bits (Knuth, TAOCP 6.4). */
const GOLDEN = 0x9e3779b1;
/** Fullest a table gets, in part of its places. */
const MOST_FULL = 0.75;

/**
 * Finds ordinals (1 and up) by a 32-bit hash of what they stand for, in 5 to 11 bytes each: a JavaScript Map takes
 * ten times that. Open addressing with linear probing; what an ordinal stands for lies with the owner.
 */
export class OrdinalTable {
  readonly #hashOf: (ordinal: number) => number;
  #places: Uint32Array;
  #size = 0;

  /**
   * @param hashOf unsigned, 32 bits; the same as long as the ordinal is in the table
   * @param expected how many there will be, as far as one knows
   */
  constructor(hashOf: (ordinal: number) => number, expected = 0) {
    this.#hashOf = hashOf;
    const least = Math.max(SMALLEST, expected / MOST_FULL);
    this.#places = new Uint32Array(2 ** Math.ceil(Math.log2(least)));
  }

  get size(): number {
    return this.#size;
  }

  /** The first ordinal with this hash that is accepted, or 0. */
  find(hash: number, accept: (ordinal: number) => boolean): number {
    const mask = this.#places.length - 1;
    for (let at = this.#home(hash); ; at = (at + 1) & mask) {
      const ordinal = this.#places[at] ?? 0;
      if (ordinal === 0 || (this.#hashOf(ordinal) === hash && accept(ordinal))) return ordinal;
    }
  }

  add(ordinal: number): void {
    if (this.#size >= this.#places.length * MOST_FULL) this.#grow();
    this.#place(ordinal);
    this.#size += 1;
  }

  /** To be called while its hash is still known. */
  remove(ordinal: number): void {
    const places = this.#places;
    const mask = places.length - 1;
    let hole = this.#home(this.#hashOf(ordinal));
    while (places[hole] !== ordinal) hole = (hole + 1) & mask;
    // What stands behind the hole moves into it unless that is before the place where a search for it begins.
    for (let at = (hole + 1) & mask; ; at = (at + 1) & mask) {
      const other = places[at] ?? 0;
      if (other === 0) break;
      const behindItsPlace = (at - this.#home(this.#hashOf(other))) & mask;
      if (behindItsPlace < ((at - hole) & mask)) continue;
      places[hole] = other;
      hole = at;
    }
    places[hole] = 0;
    this.#size -= 1;
  }

  /** Where a search begins. Every bit of the hash counts: some of what is hashed may be alike. */
  #home(hash: number): number {
    return Math.imul(hash, GOLDEN) >>> Math.clz32(this.#places.length - 1);
  }

  #place(ordinal: number): void {
    const mask = this.#places.length - 1;
    let at = this.#home(this.#hashOf(ordinal));
    while (this.#places[at] !== 0) at = (at + 1) & mask;
    this.#places[at] = ordinal;
  }

  #grow(): void {
    const old = this.#places;
    this.#places = new Uint32Array(old.length * 2);
    for (const ordinal of old) if (ordinal !== 0) this.#place(ordinal);
  }
}

/** The same numbers in an array of twice the length. */
export function doubled<T extends Uint16Array | Uint32Array | Float64Array>(numbers: T): T {
  const larger = new (numbers.constructor as new (length: number) => T)(numbers.length * 2);
  larger.set(numbers);
  return larger;
}
