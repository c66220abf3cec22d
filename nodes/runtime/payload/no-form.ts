import { types } from 'node:util';
import { ToxAsyncError } from '../../../lib/index';

/** Of a longer path the ends are shown, characters. */
const LONGEST_PATH = 80;

/** ErrPayload: what is at `path` would not arrive as it was. */
export function noForm(path: string, what: string, cause?: unknown): ToxAsyncError {
  return new ToxAsyncError(
    'ErrPayload',
    `${shortened(path)} is ${what}, which cannot be sent as it is. Send text, a number, true or false, null, a list or a plain object.`,
    { cause },
  );
}

/** What a value is, in words. */
export function describe(value: unknown): string {
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

/** Whether every half of a surrogate pair has its other half. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

function shortened(path: string): string {
  if (path.length <= LONGEST_PATH) return path;
  return `${path.slice(0, LONGEST_PATH / 2)}…${path.slice(-LONGEST_PATH / 2)}`;
}
