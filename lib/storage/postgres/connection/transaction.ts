import { ToxAsyncError } from '../../../errors';
import { LOCK_NAMES } from '../statements';
import { isUndone } from './database-errors';
import type { DatabaseClient } from './pg-loader';

/**
 * Runs `work` in a transaction; what it gives holds once this resolves. When the server undid it so that another one
 * could go on, it runs once more.
 * @throws what `work` and pg throw; after a failed commit nobody knows whether it holds
 */
export async function inTransaction<T>(client: DatabaseClient, work: () => Promise<T>): Promise<T> {
  try {
    return await once(client, work);
  } catch (error) {
    if (!isUndone(error)) throw error;
    await client.query('ROLLBACK');
    return once(client, work);
  }
}

async function once<T>(client: DatabaseClient, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  const result = await work();
  await commit(client);
  return result;
}

/**
 * A commit whose wait for its standbys was cut short by an administrator succeeds with a warning, and would be lost with the
 * primary.
 */
async function commit(client: DatabaseClient): Promise<void> {
  const warnings: string[] = [];
  const hear = ({ severity }: { readonly severity?: string | undefined }) => {
    if (severity === 'WARNING') warnings.push(severity);
  };
  client.on('notice', hear);
  await client.query('COMMIT').finally(() => client.off('notice', hear));
  if (warnings.length === 0) return;
  throw new ToxAsyncError('ErrDatabase', 'The database did not wait for its standbys. It is tried again.');
}

/**
 * Waits for the locks of mailboxes and submitters until the end of the transaction.
 * @returns how many other transactions hold the lock of the capacity, or wait for it
 */
export async function lockNames(client: DatabaseClient, names: Iterable<Uint8Array>): Promise<number> {
  const numbers = new Set<bigint>();
  for (const name of names) numbers.add(lockNumber(name));
  const sorted = [...numbers].sort((a, b) => (a < b ? -1 : 1));
  const { rows } = await client.query(LOCK_NAMES, [sorted.map(String)]);
  return Number(rows[0]?.others ?? 0);
}

/** Of a name that somebody cut short in the database, what is left of it. */
function lockNumber(name: Uint8Array): bigint {
  const start = Buffer.alloc(8);
  start.set(name.subarray(0, 8));
  return start.readBigInt64BE();
}
