import { doubled, OrdinalTable } from './ordinal-table';

/** Length of a name, bytes. */
export const NAME_BYTES = 16;
const WORDS = NAME_BYTES / 4;
const SMALLEST = 64;

/** Gives names of 16 bytes ordinals (1 and up), so that whoever refers to one often needs 4 bytes for it. */
export class NameTable {
  readonly #ordinals = new OrdinalTable((ordinal) => this.#hashOf(ordinal));
  #words = new Uint32Array(SMALLEST * WORDS);
  readonly #free: number[] = [];
  #last = 0;

  get size(): number {
    return this.#ordinals.size;
  }

  /** 0 when it has none. @param name its first 16 bytes count */
  find(name: Uint8Array): number {
    const a = readUint32(name, 0);
    const b = readUint32(name, 4);
    const c = readUint32(name, 8);
    const d = readUint32(name, 12);
    const isIt = (ordinal: number) => {
      const words = this.#words;
      const at = ordinal * WORDS;
      return words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d;
    };
    return this.#ordinals.find(hash(a, b, c, d), isIt);
  }

  /** Its ordinal, a new one if it has none. Freed ordinals are given again. */
  add(name: Uint8Array): number {
    const known = this.find(name);
    if (known !== 0) return known;
    const ordinal = this.#free.pop() ?? (this.#last += 1);
    if ((ordinal + 1) * WORDS > this.#words.length) this.#words = doubled(this.#words);
    for (let word = 0; word < WORDS; word++) {
      this.#words[ordinal * WORDS + word] = readUint32(name, word * 4);
    }
    this.#ordinals.add(ordinal);
    return ordinal;
  }

  remove(ordinal: number): void {
    this.#ordinals.remove(ordinal);
    this.#free.push(ordinal);
  }

  #hashOf(ordinal: number): number {
    const at = ordinal * WORDS;
    const word = (n: number) => this.#words[at + n] ?? 0;
    return hash(word(0), word(1), word(2), word(3));
  }
}

/** Names are hashes already. */
function hash(a: number, b: number, c: number, d: number): number {
  return (a ^ b ^ c ^ d) >>> 0;
}

export function readUint32(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  return ((high << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0;
}
