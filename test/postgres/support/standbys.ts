import { setTimeout as wait } from 'node:timers/promises';
import { PostgresServer, quickFolder } from '../../../scripts/support/postgres-server';

export const SYNCHRONOUS = 'PostgreSQL with synchronous standbys';

/** A primary and so many standbys, of which one has to confirm each commit. The primary is the first. */
export async function withStandbys(count: number): Promise<PostgresServer[]> {
  const primary = await PostgresServer.create([], await quickFolder());
  const names = Array.from({ length: count }, (_, n) => `standby${n + 1}`);
  const rule = `synchronous_standby_names = 'ANY 1 (${names.join(', ')})'`;
  // Before the standbys are made: they have it too when they are promoted.
  await primary.configure([rule]);
  const standbys: PostgresServer[] = [];
  for (const name of names) standbys.push(await PostgresServer.follow(primary, name));
  await primary.reload();
  await until(async () => {
    const [row] = await primary.sql(
      "SELECT count(*)::int AS n FROM pg_stat_replication WHERE sync_state = 'quorum'",
    );
    return row?.n === count;
  });
  return [primary, ...standbys];
}

/** Asks every 50 ms, for a minute. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    if (await holds()) return;
    await wait(50);
  }
  throw new Error('It did not come about within a minute.');
}
