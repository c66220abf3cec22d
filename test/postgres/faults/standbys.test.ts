import assert from 'node:assert/strict';
import { openPostgresEngine } from '../../../lib/storage/postgres/postgres-engine';
import { mail } from '../../../lib/testing/engine/sample-mail';
import { silentLogger } from '../../../lib/types';
import { PostgresServer, quickFolder } from '../../../scripts/support/postgres-server';
import { newSchema } from '../support/engine-on';
import { assertKept, listAll, Load } from '../support/load';
import { startGroup, until, urlOfAll } from '../../../scripts/support/postgres-group';

describe('PostgreSQL that loses its standbys', () => {
  it('stores on while one of them confirms, nothing while none does, and recovers by itself', async function () {
    this.timeout(180_000);
    const servers = await startGroup(2, await quickFolder());
    const [primary, first, second] = servers;
    assert.ok(primary && first && second);
    const engine = await openPostgresEngine({
      database: { url: primary.urlOf(), schema: newSchema(), standbys: 2 },
    });
    try {
      assert.deepEqual(engine.health(), { state: 'ok' });
      const load = new Load(() => engine, 4);
      await second.kill();
      await until(() => engine.health().state === 'degraded');
      assert.match(JSON.stringify(engine.health()), /1 of 2 synchronous standbys/);
      const withOne = load.acknowledged.size;
      await until(() => load.acknowledged.size > withOne + 40);
      await first.kill();
      await until(() => engine.health().state === 'down');
      await assert.rejects(engine.put(mail('alone')), {
        code: 'ErrDatabase',
        message: /waits for its synchronous standbys/,
      });
      const withNone = load.acknowledged.size;
      await first.start();
      await until(() => load.acknowledged.size > withNone + 40);
      await load.stop();
      assert.equal(engine.health().state, 'degraded');
      await assertKept(engine, load);
      assert.deepEqual([...load.errors.keys()], ['ErrDatabase']);
    } finally {
      await engine.close();
      await Promise.all(servers.map((server) => server.remove()));
    }
  });

  it('says that mail is lost once a standby without it is promoted, and gives no number again', async function () {
    this.timeout(120_000);
    const primary = await PostgresServer.create([], await quickFolder());
    const standby = await PostgresServer.follow(primary, 'late');
    const said: string[] = [];
    const engine = await openPostgresEngine({
      database: { url: urlOfAll([primary, standby]), schema: newSchema() },
      log: { ...silentLogger, warn: (text) => said.push(text) },
    });
    try {
      const kept = mail('kept', { to: 'to 0' });
      await engine.put(kept);
      const [{ lsn } = {}] = await primary.sql('SELECT pg_current_wal_lsn() AS lsn');
      await until(async () => {
        const [row] = await standby.sql(`SELECT pg_last_wal_replay_lsn() >= '${String(lsn)}' AS has`);
        return row?.has === true;
      });
      await standby.sql("ALTER SYSTEM SET primary_conninfo = ''");
      await standby.reload();
      await until(async () => (await standby.sql('SELECT 1 FROM pg_stat_wal_receiver')).length === 0);
      const load = new Load(() => engine, 8);
      await until(() => load.acknowledged.size > 200);
      const last = (await engine.page(kept.mailbox, 0, 100)).items.at(-1)?.cursor ?? 0;
      await primary.kill();
      const atKill = new Set(load.acknowledged.keys());
      await standby.promote();
      // The load goes on: its first mail must not hide that earlier mail is missing.
      await until(() => load.acknowledged.size > atKill.size + 40);
      await load.stop();
      const health = engine.health();
      assert.equal(health.state, 'degraded');
      assert.match(health.text, /lost mail that had been acknowledged/);
      assert.equal(said.filter((text) => text === health.text).length, 1);
      const { items } = await engine.page(kept.mailbox, 0, 1);
      const listed = await listAll(engine, kept.mailbox);
      assert.deepEqual(items[0]?.storageId, kept.storageId);
      assert.ok([...atKill].some((id) => !listed.includes(id)));
      const after = await engine.page(kept.mailbox, last, 100);
      assert.equal(
        after.items.length,
        Math.min(listed.length - 1, 100),
        'a cursor from before sees all new mail',
      );
      assert.equal(engine.countInMailbox(kept.mailbox), listed.length);
    } finally {
      await engine.close();
      await Promise.all([primary.remove(), standby.remove()]);
    }
  });
});
