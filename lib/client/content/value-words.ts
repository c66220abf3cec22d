import { types } from 'node:util';

/** How a value that cannot be sent is named to people. */

/** Of a longer path the ends are shown, characters. */
const LONGEST_PATH = 80;

/** What a value without a JSON form is, in words. */
export function describeValue(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null)
    return value === undefined ? 'undefined' : `a ${typeof value}`;
  if (types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value)) return 'bytes inside an object';
  const { constructor } = value as { readonly constructor?: unknown };
  const name = typeof constructor === 'function' ? constructor.name : '';
  return name === '' || name === 'Object'
    ? 'an object with a prototype'
    : `of the class ${name.slice(0, 40)}`;
}

export function shortPath(path: string): string {
  if (path.length <= LONGEST_PATH) return path;
  return `${path.slice(0, LONGEST_PATH / 2)}…${path.slice(-LONGEST_PATH / 2)}`;
}
