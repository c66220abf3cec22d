import assert from 'node:assert/strict';
import { openPostgresEngine, type PostgresEngine } from '../../../lib/storage/postgres/postgres-engine';
import { PostgresServer, quickFolder } from '../../../scripts/support/postgres-server';
import { newSchema } from '../support/engine-on';
import { assertKept, CursorReader, Load } from '../support/load';
import { losesPower } from '../support/loses-power';
import { promoteAlone, startGroup, until, urlOfAll } from '../../../scripts/support/postgres-group';

const isFull = process.env.FULL === '1';
const KILLS = isFull ? 20 : 2;

if (isFull) describe('PostgreSQL whose machine loses power', losesPower);

describe('PostgreSQL whose primary is killed', () => {
  it(`loses and doubles nothing that was acknowledged in ${KILLS} kills with promotion`, async function () {
    // A kill takes a few seconds; a busy machine may need much longer.
    this.timeout(60_000 * (KILLS + 1));
    let [primary, standby] = await startGroup(1, await quickFolder());
    const all: PostgresServer[] = [];
    let acknowledged = 0;
    try {
      assert.ok(primary && standby);
      all.push(primary, standby);
      const schema = newSchema();
      for (let kill = 0; kill < KILLS; kill++) {
        const url = urlOfAll([primary, standby]);
        const engine: PostgresEngine = await openPostgresEngine({ database: { url, schema } });
        assert.equal(engine.health().state, 'ok');
        const load = new Load(() => engine, 8, `kill ${kill}`);
        const reader = new CursorReader(() => engine);
        await until(() => load.acknowledged.size > 40);
        await primary.kill();
        const atKill = load.acknowledged.size;
        await promoteAlone(standby);
        await until(() => load.acknowledged.size > atKill + 40);
        await load.stop();
        await reader.stop();
        const listed = await assertKept(engine, load);
        const passed = [...load.acknowledged.keys()].filter((id) => !reader.seen.has(id));
        assert.deepEqual(passed, [], 'no cursor passed over it');
        assert.ok(listed.length >= load.acknowledged.size);
        assert.deepEqual([...load.errors.keys()], ['ErrDatabase']);
        assert.deepEqual(engine.health(), { state: 'ok' }, 'and no loss is claimed');
        acknowledged += load.acknowledged.size;
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
      console.log(`      ${JSON.stringify({ kills: KILLS, acknowledged })}`);
    } finally {
      await Promise.all(all.map((server) => server.remove()));
    }
  });
});
