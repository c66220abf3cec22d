import type { CFunctions } from './library-loader';

/** A C pointer. */
export type Pointer = bigint;
/** Receives one C int: an error code, 0 for none. */
export type ErrorOut = Int32Array;

/** Gives C functions their TypeScript signature: the prototype and `F` have to say the same. */
export function binder(library: CFunctions) {
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller names the signature
  return <F extends (...args: never[]) => unknown>(prototype: string) => library.func(prototype) as F;
}
