import { toHex } from '../../../bytes';
import type { Random } from '../../../platform/random';
import type { Store } from '../../store';
import { Table } from '../../table';
import type { Manifest } from '../manifest';

export interface Mark {
  /** Hex; the manifest has the same. */
  readonly id: string;
  /** How often the store was closed. */
  readonly closed: number;
}

/**
 * `own`: what the manifest says. `empty`: no store of any directory. `foreign`: another directory's. `older`: it lacks
 * what was written at its last close.
 */
export type StoreVerdict = 'own' | 'empty' | 'foreign' | 'older';

const ID_BYTES = 16;
const NAME = 'directory';

export function judgeStore(store: Pick<Store, 'get' | 'range'>, manifest: Manifest): StoreVerdict {
  const mark = readMark(store);
  if (manifest.store === undefined || mark?.id === manifest.store) {
    return (mark?.closed ?? 0) < (manifest.closed ?? 0) ? 'older' : 'own';
  }
  return mark === undefined ? 'empty' : 'foreign';
}

/** What a store says of itself. @throws ErrStore it is damaged */
export function readMark(store: Pick<Store, 'get' | 'range'>): Mark | undefined {
  return new Table<Mark>(store, NAME).get();
}

export function newMark(random: Random): Mark {
  return { id: toHex(random.bytes(ID_BYTES)), closed: 0 };
}

/** @throws ErrLocalStorageFull, ErrStore */
export async function saveMark(store: Store, mark: Mark): Promise<void> {
  const batch = store.batch();
  new Table<Mark>(store, NAME).put(batch, [], mark);
  await batch.commit();
}
