import { CountChanges } from './count-changes';
import type { CountRow } from './counts-view';
import { bytesIn, numberIn } from './mail-rows';
import type { DatabaseClient } from './connection/pg-loader';
import { DUE, FORGET_EMPTY, LOCK_SWEEP, SWEEP } from './statements';
import { inTransaction, lockNames } from './connection/transaction';

/** What a slice of a sweep did. */
export interface SweepResult {
  readonly swept: number;
  readonly counts: readonly CountRow[];
}

/**
 * Deletes what is past its time, `max` at most.
 * @param latest seconds of the Unix epoch: a server whose clock is ahead of it deletes no more than is over by then
 */
export function sweep(client: DatabaseClient, max: number, latest: number): Promise<SweepResult> {
  return inTransaction(client, async () => {
    await client.query(LOCK_SWEEP);
    const result = await sweepDue(client, max, latest);
    // Last, and without a wait: a wave may wait for one of these rows, and nothing here waits for a wave any more.
    await client.query(FORGET_EMPTY);
    return result;
  });
}

async function sweepDue(client: DatabaseClient, max: number, latest: number): Promise<SweepResult> {
  const due = await client.query(DUE, [max, latest]);
  if (due.rows.length === 0) return { swept: 0, counts: [] };
  await lockNames(
    client,
    due.rows.map((row) => bytesIn(row, 'mailbox')),
  );
  // Looked at again under the locks: some may have been renewed or deleted.
  const { rows } = await client.query(SWEEP, [due.rows.map(({ number }) => number), latest]);
  const changes = new CountChanges();
  for (const row of rows) {
    changes.add(bytesIn(row, 'mailbox'), bytesIn(row, 'submitter'), numberIn(row, 'bytes'), -1);
  }
  return { swept: rows.length, counts: await changes.write(client) };
}
