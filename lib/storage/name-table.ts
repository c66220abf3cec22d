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

  /** 0 when it has none. @param from where the name begins in `bytes` */
  find(bytes: Uint8Array, from = 0): number {
    const a = readUint32(bytes, from);
    const b = readUint32(bytes, from + 4);
    const c = readUint32(bytes, from + 8);
    const d = readUint32(bytes, from + 12);
    const isIt = (ordinal: number) => {
      const words = this.#words;
      const at = ordinal * WORDS;
      return words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d;
    };
    return this.#ordinals.find(hash(a, b, c, d), isIt);
  }

  /** Its ordinal, a new one if it has none. Freed ordinals are given again. */
  add(bytes: Uint8Array, from = 0): number {
    const known = this.find(bytes, from);
    if (known !== 0) return known;
    const ordinal = this.#free.pop() ?? (this.#last += 1);
    if ((ordinal + 1) * WORDS > this.#words.length) this.#words = doubled(this.#words);
    for (let word = 0; word < WORDS; word++) {
      this.#words[ordinal * WORDS + word] = readUint32(bytes, from + word * 4);
    }
    this.#ordinals.add(ordinal);
    return ordinal;
  }

  remove(ordinal: number): void {
    this.#ordinals.remove(ordinal);
    this.#free.push(ordinal);
  }

  #hashOf(ordinal: number): number {
    const words = this.#words;
    const at = ordinal * WORDS;
    return hash(words[at] ?? 0, words[at + 1] ?? 0, words[at + 2] ?? 0, words[at + 3] ?? 0);
  }
}

/** Names are hashes already. */
function hash(a: number, b: number, c: number, d: number): number {
  return (a ^ b ^ c ^ d) >>> 0;
}

export function readUint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return ((readUint16(bytes, at) << 16) | readUint16(bytes, at + 2)) >>> 0;
}
