import { ToxAsyncError } from '../../../errors';
import type { DatabaseClient, Row } from './pg-loader';

/** 13: the first with 64-bit transaction numbers for programs. */
const LEAST_VERSION = 130_000;

const QUESTION = `SELECT pg_is_in_recovery() AS standby, current_setting('server_version_num')::int AS version,
  current_setting('fsync') AS fsync, current_setting('full_page_writes') AS pages,
  current_setting('synchronous_commit') AS commit, current_setting('server_encoding') AS encoding,
  current_setting('synchronous_standby_names') AS names,
  (SELECT count(*)::int FROM pg_stat_replication) AS followers,
  (SELECT count(*)::int FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')) AS synchronous,
  extract(epoch FROM clock_timestamp())::float8 AS time,
  pg_has_role(current_user, 'pg_read_all_stats', 'member') AS sees,
  EXISTS (SELECT 1 FROM pg_stat_activity WHERE usename = current_user AND wait_event = 'SyncRep'
    AND state_change < clock_timestamp() - interval '5 seconds') AS stalled`;

/** How a server keeps what it acknowledged. */
export interface ServerState {
  readonly isStandby: boolean;
  /** Synchronous standbys that are connected; undefined: this user may not see them. */
  readonly synchronous: number | undefined;
  /** A commit has waited for its standbys for longer than 5 seconds. */
  readonly isStalled: boolean;
  /** Unix seconds by its clock. */
  readonly time: number;
}

/** @throws ErrDatabase a server that this engine must not use; what pg throws */
export async function checkServer(client: DatabaseClient): Promise<ServerState> {
  const { rows } = await client.query(QUESTION);
  const row: Row = rows[0] ?? {};
  if (row.standby === true)
    return { isStandby: true, synchronous: undefined, isStalled: false, time: Number(row.time) };
  assertUsable(row);
  return {
    isStandby: false,
    synchronous: synchronousIn(row),
    isStalled: row.stalled === true,
    time: Number(row.time),
  };
}

function assertUsable(row: Row): void {
  if (Number(row.version) < LEAST_VERSION)
    throw unusable('The database is too old. Use PostgreSQL 13 or later.');
  if (row.encoding !== 'UTF8') {
    throw unusable(
      `The database has the encoding ${String(row.encoding)}. Create one with ENCODING 'UTF8' TEMPLATE template0.`,
    );
  }
  if (row.fsync !== 'on' || row.pages !== 'on') {
    throw unusable(
      'The database would lose acknowledged mail in a power cut. Set fsync = on and full_page_writes = on there.',
    );
  }
  if (row.commit === 'off') {
    throw unusable(
      'The database acknowledges mail before it is on a disk. Set synchronous_commit = on for this database and user.',
    );
  }
}

function synchronousIn(row: Row): number | undefined {
  if (row.names === '' || row.commit === 'local') return 0;
  if (row.sees !== true && Number(row.followers) > 0) return undefined;
  return Number(row.synchronous);
}

/** Seconds by which the server's clock may be ahead of ours. */
export const CLOCKS_DIFFER = 3600;

/**
 * What is less safe than asked for, and what to do; undefined: nothing.
 * @param ahead seconds by which the server's clock is ahead of ours
 */
export function shortcoming({ synchronous }: ServerState, wanted: number, ahead: number): string | undefined {
  if (ahead > CLOCKS_DIFFER) {
    const hours = Math.round(ahead / 3600).toLocaleString('en-US');
    return (
      `The database's clock is ${hours} h ahead of this machine's. Set the one that is wrong: until then stored mail ` +
      'may be hidden, and this session deletes none of it.'
    );
  }
  if (wanted === 0) return undefined;
  if (synchronous === undefined) {
    return 'This database user may not see the standbys. Allow it: GRANT pg_read_all_stats TO the user.';
  }
  if (synchronous >= wanted) return undefined;
  return (
    `${synchronous} of ${wanted} synchronous standbys follow the database: another failure may lose mail. Start the ` +
    'missing ones, and check synchronous_standby_names on the primary.'
  );
}

function unusable(text: string): ToxAsyncError {
  return new ToxAsyncError('ErrDatabase', text);
}
