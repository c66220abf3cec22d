import assert from 'node:assert/strict';
import { openPostgresEngine, type PostgresEngine } from '../../lib/storage/postgres/postgres-engine';
import { bytesOf } from '../../lib/testing/engine/sample-mail';
import { PostgresServer } from '../../scripts/support/postgres-server';
import { newSchema } from './support/engine-on';
import { listAll, Load } from './support/load';
import { until, withStandbys } from './support/standbys';

const KILLS = process.env.FULL === '1' ? 20 : 2;

describe('PostgreSQL whose primary is killed', () => {
  it(`loses and doubles nothing that was acknowledged in ${KILLS} kills with promotion`, async function () {
    // A kill takes a few seconds; a busy machine may need much longer.
    this.timeout(60_000 * (KILLS + 1));
    let [primary, standby] = await withStandbys(1);
    const all: PostgresServer[] = [];
    try {
      assert.ok(primary && standby);
      all.push(primary, standby);
      const schema = newSchema();
      for (let kill = 0; kill < KILLS; kill++) {
        const url = urlOf([primary, standby]);
        const engine: PostgresEngine = await openPostgresEngine({ database: { url, schema } });
        assert.equal(engine.health().state, 'ok');
        const load = new Load(() => engine, 8, `kill ${kill}`);
        await until(() => load.acknowledged.size > 40);
        await primary.kill();
        const atKill = load.acknowledged.size;
        await standby.promote();
        await standby.sql("ALTER SYSTEM SET synchronous_standby_names = ''");
        await standby.reload();
        await until(() => load.acknowledged.size > atKill + 40);
        await load.stop();
        const listed = await listedOf(engine);
        for (const id of load.acknowledged.keys()) assert.ok(listed.includes(id), `${id} is lost`);
        assert.equal(new Set(listed).size, listed.length);
        assert.deepEqual(
          [...load.errors.keys()].filter((code) => code !== 'ErrDatabase'),
          [],
        );
        assert.equal((await engine.stats()).messages, listed.length);
        await engine.close();
        await primary.remove();
        primary = standby;
        if (kill + 1 === KILLS) break;
        standby = await PostgresServer.follow(primary, 'standby1');
        all.push(standby);
        await primary.sql("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (standby1)'");
        await primary.reload();
        await until(async () => {
          const rows = await primary?.sql("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'quorum'");
          return rows?.length === 1;
        });
      }
    } finally {
      await Promise.all(all.map((server) => server.remove()));
    }
  });
});

const MAILBOXES = [0, 1, 2, 3].map((n) => bytesOf(`to ${n}`));

async function listedOf(engine: PostgresEngine): Promise<string[]> {
  return (await Promise.all(MAILBOXES.map((mailbox) => listAll(engine, mailbox)))).flat();
}

function urlOf(servers: readonly PostgresServer[]): string {
  const [first] = servers;
  const hosts = servers.map(({ port }) => `127.0.0.1:${port}`).join(',');
  return (first?.urlOf() ?? '').replace(/@[^/]+\//, `@${hosts}/`);
}
