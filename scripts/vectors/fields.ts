import { fromHex, sameBytes, toHex } from '../../lib/bytes';

/** Why a vector does not agree with us. */
export class Mismatch extends Error {}

/** The fields of one vector, which somebody else may have made: every failure is a Mismatch. */
export class Fields {
  readonly #object: Record<string, unknown>;

  constructor(value: unknown) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new Mismatch('not an object');
    this.#object = value as Record<string, unknown>;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#object, name);
  }

  get(name: string): unknown {
    if (!this.has(name)) throw new Mismatch(`${name} is missing`);
    return this.#object[name];
  }

  text(name: string): string {
    const value = this.get(name);
    if (typeof value !== 'string') throw new Mismatch(`${name} is not a text`);
    return value;
  }

  /** @param length in bytes; any when left out */
  bytes(name: string, length?: number): Uint8Array {
    return bytesOf(this.get(name), name, length);
  }

  number(name: string): number {
    return numberOf(this.get(name), name);
  }

  list(name: string): unknown[] {
    return listOf(this.get(name), name);
  }

  /** `made` must be the bytes in the field. */
  mustBe(name: string, made: Uint8Array): void {
    const given = this.bytes(name);
    if (!sameBytes(given, made))
      throw new Mismatch(`${name} is ${toHex(given)}, but our code makes ${toHex(made)}`);
  }
}

export function bytesOf(value: unknown, name: string, length?: number): Uint8Array {
  const bytes = typeof value === 'string' ? fromHex(value) : undefined;
  if (bytes === undefined) throw new Mismatch(`${name} is not hexadecimal`);
  if (length !== undefined && bytes.length !== length)
    throw new Mismatch(`${name} has ${bytes.length} bytes, not ${length}`);
  return bytes;
}

export function numberOf(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new Mismatch(`${name} is not a whole number`);
}

export function listOf(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value)) throw new Mismatch(`${name} is not an array`);
  return value;
}

/** `made` must be `wanted`; both are JSON values. */
export function mustEqual(what: string, made: unknown, wanted: unknown): void {
  const [a, b] = [JSON.stringify(made), JSON.stringify(wanted)];
  if (a !== b) throw new Mismatch(`${what}: our code says ${a}, the vector ${b}`);
}
