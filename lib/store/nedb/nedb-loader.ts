import type Datastore from 'nedb-promises';

/** Loads nedb when a directory needs it: most have lmdb, and loading both is a good part of a start. */
export async function loadNedb(): Promise<typeof Datastore> {
  return (await import('nedb-promises')).default;
}
