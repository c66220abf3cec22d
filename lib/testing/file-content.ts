import { applyChanges, type FileChange } from './torn-writes';

/** A file's bytes, and what was done to them since the last sync: a write costs what it writes, however long the file. */
export interface Content {
  current: Uint8Array;
  unsynced: DoneChange[];
}

/** A change, and what it overwrote or cut off. */
interface DoneChange {
  readonly change: FileChange;
  readonly before: { readonly offset: number; readonly data: Uint8Array; readonly size: number };
}

/** Until the next sync it may be lost. */
export function doChange(file: Content, change: FileChange): void {
  const { current } = file;
  const offset = change.kind === 'write' ? change.offset : change.size;
  const end = change.kind === 'write' ? offset + change.data.length : current.length;
  file.unsynced.push({ change, before: { offset, data: current.slice(offset, end), size: current.length } });
  if (change.kind === 'write' && end <= current.length) current.set(change.data, offset);
  else file.current = applyChanges(current, [change]);
}

/** What it was at its last sync. */
export function durableOf({ current, unsynced }: Content): Uint8Array {
  let whole = current;
  for (const { before } of unsynced.toReversed()) {
    const earlier = new Uint8Array(before.size);
    earlier.set(whole.subarray(0, before.size));
    if (before.data.length > 0) earlier.set(before.data, before.offset);
    whole = earlier;
  }
  return whole;
}
