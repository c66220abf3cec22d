import { withoutCrc } from './checked-bytes';
import { MAX_KEY_BYTES, type Store } from './store';
import { afterPrefix, damagedRecord } from './table';

export interface RecordCheck {
  /** Tables in which a damaged record costs no more than itself. */
  readonly spared: readonly string[];
  /** What keys begin with that are not looked at, in bytewise order. */
  readonly others: readonly Uint8Array[];
}

/**
 * Reads every record of every table once, before anything relies on them: a journal that turns out to be damaged only
 * when a message needs it would stop that message, and all behind it, at some later time.
 * @returns damaged records in the spared tables
 * @throws ErrStore a record of another table is damaged
 */
export function checkRecords(store: Pick<Store, 'range'>, { spared, others }: RecordCheck): number {
  const spares = spared.map((name) => Buffer.from(`${name}/`));
  let damaged = 0;
  let gte: Uint8Array = new Uint8Array();
  for (const other of [...others, undefined]) {
    const lt = other ?? new Uint8Array(MAX_KEY_BYTES + 1).fill(0xff);
    for (const [key, value] of store.range({ gte, lt })) {
      if (withoutCrc(value) !== undefined) continue;
      if (!spares.some((name) => name.equals(key.subarray(0, name.length)))) throw damagedRecord();
      damaged += 1;
    }
    if (other !== undefined) gte = afterPrefix(other);
  }
  return damaged;
}
