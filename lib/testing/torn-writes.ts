import type { Random } from '../platform/random';
import { randomFraction } from '../platform/random';

/** What a disk writes as a whole. */
export const SECTOR_BYTES = 512;

/** A change of a file that is not synced yet; a write at or past the end makes the file longer. */
export type FileChange =
  | { readonly kind: 'write'; readonly offset: number; readonly data: Uint8Array }
  | { readonly kind: 'truncate'; readonly size: number };

/** `content` after `changes`, all of them done. */
export function applyChanges(content: Uint8Array, changes: readonly FileChange[]): Uint8Array {
  let whole = content;
  for (const change of changes) {
    const size = sizeAfter(whole.length, change);
    const next = new Uint8Array(size);
    next.set(whole.subarray(0, size));
    if (change.kind === 'write') next.set(change.data, change.offset);
    whole = next;
  }
  return whole;
}

/**
 * What a power cut may leave of `content` after unsynced `changes`: every sector, and the length, stands as it
 * was after some number of the changes, each chosen by itself. A sector is never half written.
 */
export function tear(content: Uint8Array, changes: readonly FileChange[], random: Random): Uint8Array {
  const versions = [content];
  for (const change of changes) versions.push(applyChanges(versions.at(-1) ?? content, [change]));
  const pick = () => versions[Math.floor(randomFraction(random) * versions.length)] ?? content;
  const torn = new Uint8Array(pick().length);
  for (let start = 0; start < torn.length; start += SECTOR_BYTES) {
    const end = Math.min(start + SECTOR_BYTES, torn.length);
    torn.set(pick().subarray(start, end), start);
  }
  return torn;
}

function sizeAfter(size: number, change: FileChange): number {
  if (change.kind === 'truncate') return change.size;
  return Math.max(size, change.offset + change.data.length);
}
