import { doubled, OrdinalTable } from './ordinal-table';

/** Length of a name, bytes. */
export const NAME_BYTES = 16;
const WORDS = NAME_BYTES / 4;
const SMALLEST = 64;

/**
 * Gives names of 16 bytes ordinals (1 and up), so that frequent references to one need 4 bytes for it. Numbers of 32
 * bits that are kept of each lie beside its name, since memory is slow to get at and comes in pieces.
 */
export class NameTable {
  readonly #ordinals = new OrdinalTable((ordinal) => this.#hashOf(ordinal));
  readonly #width: number;
  #rows: Uint32Array;
  readonly #free: number[] = [];
  #last = 0;
  /** The name that is looked for. */
  readonly #sought = new Uint32Array(WORDS);
  readonly #isSought = (ordinal: number): boolean => {
    const [rows, sought] = [this.#rows, this.#sought];
    const at = ordinal * this.#width;
    for (let word = 0; word < WORDS; word++) if (rows[at + word] !== sought[word]) return false;
    return true;
  };

  /** @param fields how many numbers are kept of each name, 0 at first */
  constructor(fields = 0) {
    this.#width = WORDS + fields;
    this.#rows = new Uint32Array(SMALLEST * this.#width);
  }

  get size(): number {
    return this.#ordinals.size;
  }

  /** 0 when it has none. @param from where the name begins */
  find(view: DataView, from: number): number {
    const sought = this.#sought;
    for (let word = 0; word < WORDS; word++) sought[word] = view.getUint32(from + word * 4);
    return this.#ordinals.find(hashAt(sought, 0), this.#isSought);
  }

  /** Its ordinal, a new one if it has none. Freed ordinals are given again. */
  add(view: DataView, from: number): number {
    const known = this.find(view, from);
    if (known !== 0) return known;
    const ordinal = this.#free.pop() ?? (this.#last += 1);
    if ((ordinal + 1) * this.#width > this.#rows.length) this.#rows = doubled(this.#rows);
    this.#rows.set(this.#sought, ordinal * this.#width);
    this.#ordinals.add(ordinal);
    return ordinal;
  }

  remove(ordinal: number): void {
    this.#ordinals.remove(ordinal);
    this.#rows.fill(0, ordinal * this.#width, (ordinal + 1) * this.#width);
    this.#free.push(ordinal);
  }

  field(ordinal: number, field: number): number {
    return this.#rows[ordinal * this.#width + WORDS + field] ?? 0;
  }

  setField(ordinal: number, field: number, value: number): void {
    this.#rows[ordinal * this.#width + WORDS + field] = value;
  }

  #hashOf(ordinal: number): number {
    return hashAt(this.#rows, ordinal * this.#width);
  }
}

/** Of a name: names are hashes already. */
function hashAt(words: Uint32Array, at: number): number {
  return ((words[at] ?? 0) ^ (words[at + 1] ?? 0) ^ (words[at + 2] ?? 0) ^ (words[at + 3] ?? 0)) >>> 0;
}

export function readUint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return ((readUint16(bytes, at) << 16) | readUint16(bytes, at + 2)) >>> 0;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
