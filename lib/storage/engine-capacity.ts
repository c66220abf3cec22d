import { MAX_STORAGE_CAPACITY } from '../constants';

/** Most mail on nedb, which keeps every record in memory and reads its whole file at each start. */
const NEDB_MOST_MESSAGES = 20_000;
/** What a message of the largest size takes of memory there (measured, rounded up), bytes. */
const NEDB_BYTES_PER_MESSAGE = 10_000;
/** Part of the memory that mail may take there, percent. */
const NEDB_MEMORY_PERCENTAGE = 5;

/**
 * The most messages a storage node may take on an engine of the store, whatever the disk has room for.
 * @param memoryBytes what the process may use
 */
export function mostMessagesOn(engine: string, memoryBytes: number): number {
  if (engine !== 'nedb') return MAX_STORAGE_CAPACITY;
  const inMemory = Math.floor((memoryBytes * NEDB_MEMORY_PERCENTAGE) / 100 / NEDB_BYTES_PER_MESSAGE);
  return Math.min(NEDB_MOST_MESSAGES, inMemory);
}
