import { MAX_STORAGE_BYTES, MAX_STORAGE_CAPACITY } from '../constants';

/** Most mail on nedb, which keeps every record in memory and reads its whole file at each start. */
const NEDB_MOST_MESSAGES = 20_000;
/** What a message that is no chunk takes of memory there (measured, rounded up), bytes. */
const NEDB_BYTES_PER_MESSAGE = 10_000;
/** What a chunk takes of memory there in parts of what it takes on the disk (measured, rounded up). */
const NEDB_MEMORY_PER_DISK = 3;
/** Part of the memory that mail may take there, percent. */
const NEDB_MEMORY_PERCENTAGE = 5;

/**
 * The most a storage node may take on an engine of the store, whatever the disk has room for: messages, and bytes on
 * the disk.
 * @param memoryBytes what the process may use
 */
export function mostOn(engine: string, memoryBytes: number): { maxMessages: number; maxBytes: number } {
  if (engine !== 'nedb') return { maxMessages: MAX_STORAGE_CAPACITY, maxBytes: MAX_STORAGE_BYTES };
  const memory = (memoryBytes * NEDB_MEMORY_PERCENTAGE) / 100;
  return {
    maxMessages: Math.min(NEDB_MOST_MESSAGES, Math.floor(memory / NEDB_BYTES_PER_MESSAGE)),
    maxBytes: Math.min(MAX_STORAGE_BYTES, Math.floor(memory / NEDB_MEMORY_PER_DISK)),
  };
}
