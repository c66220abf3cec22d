import { countAgain } from './count-changes';
import { bytesIn } from './mail-rows';
import type { DatabaseClient, Row } from './connection/pg-loader';
import {
  ADD_UP,
  EMPTY_TOTALS,
  FORGET_UNNAMED,
  HOLD_TOTALS,
  TOTALS_DIFFER,
  UNSOUND_COUNTS,
} from './statements';
import { inTransaction, lockNames } from './connection/transaction';

/** Rows at one start: however many somebody spoiled, it does not wait for them. The others are passed over. */
const MOST_ROWS = 1000;
/** In one transaction: each needs a lock of the server. */
const AT_ONCE = 50;

/** Makes counts again that cannot be right, and their sum. Until then everybody passes over them. */
export async function repairCounts(client: DatabaseClient): Promise<void> {
  await client.query(FORGET_UNNAMED);
  const { rows } = await client.query(UNSOUND_COUNTS, [MOST_ROWS]);
  for (let at = 0; at < rows.length; at += AT_ONCE) {
    const some = rows.slice(at, at + AT_ONCE);
    await inTransaction(client, () => repairRows(client, some));
  }
  const totals = await client.query(TOTALS_DIFFER);
  if (totals.rows[0]?.differ === true) await inTransaction(client, () => addUp(client));
}

async function repairRows(client: DatabaseClient, rows: readonly Row[]): Promise<void> {
  const names = rows.map((row) => ({
    mailbox: bytesIn(row, 'mailbox'),
    submitter: bytesIn(row, 'submitter'),
  }));
  await lockNames(
    client,
    names.map(({ mailbox }) => mailbox),
  );
  await countAgain(client, names);
}

async function addUp(client: DatabaseClient): Promise<void> {
  await client.query(HOLD_TOTALS);
  await client.query(EMPTY_TOTALS);
  await client.query(ADD_UP);
}
