/** A value that is there, or will be. T itself is never a promise. */
export type Eventually<T> = T | Promise<T>;

/** `make` of all `values`: at once when all are there, so that nothing can change them before. */
export function whenAll<T extends object, U>(
  values: { readonly [K in keyof T]: Eventually<T[K]> },
  make: (values: T) => U,
): Eventually<U> {
  const entries: [string, unknown][] = Object.entries(values);
  if (!entries.some(([, value]) => value instanceof Promise)) return make(values as T);
  return Promise.all(entries.map(async ([name, value]) => [name, await value] as const)).then((there) =>
    make(Object.fromEntries(there) as T),
  );
}

/** Gives each value its turn in the order of the calls, however long some of them take. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Rejects as `value` does; that stops none of the others. */
  take<T>(value: Eventually<T>): Promise<T> {
    const own = Promise.resolve(value);
    // It may fail before its turn, when nobody listens yet.
    own.catch(() => undefined);
    const turn = this.#last.then(() => own);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
