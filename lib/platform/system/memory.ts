import { totalmem } from 'node:os';

/** Memory that this process may use at most: the machine's, or its container's when that has less. Bytes. */
export function systemMemoryBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
