import { toHex } from '../bytes';
import type { Hexed } from './requests';

/** The same with hexadecimal digits in the place of bytes, as JSON can carry it. */
export function hexed<T>(value: T): Hexed<T> {
  return replaced(value) as Hexed<T>;
}

function replaced(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(replaced);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(fields.map(([name, each]) => [name, replaced(each)]));
}
