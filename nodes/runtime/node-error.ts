import { inspect } from 'node:util';

/** `error` as the runtime wants one: an Error, whose `code` (if it has one) reaches Catch as `msg.error.code`. */
export function nodeError(error: unknown): Error {
  if (error instanceof Error) return error;
  // Not every value can be made a text by String().
  return new Error(typeof error === 'string' ? error : inspect(error));
}

/** The word for a status badge: the error's code, or its name when it has none. */
export function errorCode(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
