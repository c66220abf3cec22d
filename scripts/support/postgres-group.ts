import { setTimeout as wait } from 'node:timers/promises';
import { PostgresServer } from './postgres-server';

/** A primary and so many standbys in `folder`, of which one has to confirm each commit. The primary is the first. */
export async function startGroup(standbys: number, folder: string): Promise<PostgresServer[]> {
  const primary = await PostgresServer.create([], folder);
  const names = Array.from({ length: standbys }, (_, n) => `standby${n + 1}`);
  const rule = `synchronous_standby_names = 'ANY 1 (${names.join(', ')})'`;
  // Before the standbys are made: they have it too when they are promoted.
  await primary.configure([rule]);
  const servers = [primary];
  for (const name of names) servers.push(await PostgresServer.follow(primary, name));
  await primary.reload();
  await until(async () => {
    const [row] = await primary.sql(
      "SELECT count(*)::int AS n FROM pg_stat_replication WHERE sync_state = 'quorum'",
    );
    return row?.n === standbys;
  });
  return servers;
}

/** Makes a standby the primary, which waits for no standbys of its own. */
export async function promoteAlone(standby: PostgresServer): Promise<void> {
  await standby.promote();
  await standby.sql("ALTER SYSTEM SET synchronous_standby_names = ''");
  await standby.reload();
}

/** Of a database that fails over between these servers. */
export function urlOfAll(servers: readonly Pick<PostgresServer, 'port' | 'urlOf'>[]): string {
  const hosts = servers.map(({ port }) => `127.0.0.1:${port}`).join(',');
  return (servers[0]?.urlOf() ?? '').replace(/@[^/]+\//, `@${hosts}/`);
}

/** Asks every 50 ms, for a minute. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    if (await holds()) return;
    await wait(50);
  }
  throw new Error('It did not come about within a minute.');
}
