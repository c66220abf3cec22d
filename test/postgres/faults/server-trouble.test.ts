import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { openPostgresEngine, type PostgresEngine } from '../../../lib/storage/postgres/postgres-engine';
import { mail } from '../../../lib/testing/engine/sample-mail';
import { PostgresServer, quickFolder } from '../../../scripts/support/postgres-server';
import { newSchema } from '../support/engine-on';
import { assertKept, Load } from '../support/load';
import { until } from '../../../scripts/support/postgres-group';

/** Connections for users other than the superuser: max_connections less what is reserved. */
const SLOTS = 5;

describe('PostgreSQL that refuses a node which it served before', () => {
  let server: PostgresServer;
  let engine: PostgresEngine;
  let load: Load;
  const hogs: Client[] = [];

  before(async function () {
    this.timeout(60_000);
    server = await PostgresServer.create(
      [`max_connections = ${SLOTS + 3}`, 'superuser_reserved_connections = 3'],
      await quickFolder(),
    );
    await server.sql("CREATE ROLE tox LOGIN PASSWORD 'first'; GRANT CREATE ON DATABASE postgres TO tox");
  });
  beforeEach(async () => {
    const url = server.urlOf('postgres', 'tox', 'first');
    engine = await openPostgresEngine({ database: { url, schema: newSchema() } });
    load = new Load(() => engine, 4);
    await until(() => load.acknowledged.size > 20);
  });
  afterEach(async () => {
    await load.stop();
    await engine.close();
    await Promise.all(hogs.splice(0).map((hog) => hog.end()));
  });
  after(() => server.remove());

  const disconnect = () =>
    server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tox-async'");

  /** It is refused for this reason, says so, and goes on by itself once `mend` has been done. */
  async function sitsOut(reason: RegExp, mend: () => Promise<unknown>): Promise<void> {
    await until(() => {
      const health = engine.health();
      return health.state === 'down' && reason.test(health.error.message);
    });
    await assert.rejects(engine.put(mail('now')), { code: 'ErrDatabase', message: reason });
    const before = load.acknowledged.size;
    await mend();
    await until(() => engine.health().state === 'ok');
    await until(() => load.acknowledged.size > before + 20);
    await load.stop();
    await assertKept(engine, load);
    assert.deepEqual([...load.errors.keys()], ['ErrDatabase']);
  }

  it('because others have all its connections goes on once one is free', async function () {
    this.timeout(60_000);
    await until(async () => {
      await disconnect();
      while (hogs.length < SLOTS) {
        const hog = new Client({ connectionString: server.urlOf('postgres', 'tox', 'first') });
        hog.on('error', () => undefined);
        if (
          !(await hog.connect().then(
            () => true,
            () => false,
          ))
        )
          return false;
        hogs.push(hog);
      }
      return true;
    });
    await sitsOut(/no connection left/, () => Promise.all(hogs.splice(0).map((hog) => hog.end())));
  });

  it('on one connection writes nothing more before it knows what the others did', async function () {
    this.timeout(60_000);
    await load.stop();
    const [one] = load.acknowledged.values();
    assert.ok(one);
    await engine.get(one.mailbox, one.storageId);
    const rows = await server.sql(
      `SELECT pid, query FROM pg_stat_activity WHERE application_name = 'tox-async'`,
    );
    const pidOf = (holds: (query: string) => boolean) =>
      Number(rows.find(({ query }) => holds(String(query)))?.pid ?? assert.fail(JSON.stringify(rows)));
    const writer = pidOf((query) => query === 'COMMIT');
    const watcher = pidOf((query) => query !== 'COMMIT' && !query.includes('FROM (SELECT age_seconds()'));
    const state = { isOver: false };
    process.kill(watcher, 'SIGSTOP');
    try {
      await server.sql(`SELECT pg_terminate_backend(${writer})`);
      await assert.rejects(engine.put(mail('on the connection that ended')), { code: 'ErrDatabase' });
      const put = engine.put(mail('on a new one')).then((answer) => {
        state.isOver = true;
        return answer;
      });
      await wait(500);
      assert.equal(state.isOver, false);
      process.kill(watcher, 'SIGCONT');
      assert.equal(await put, 'stored');
    } finally {
      process.kill(watcher, 'SIGCONT');
    }
  });

  it('because its password was changed goes on once it holds again', async function () {
    this.timeout(60_000);
    await server.sql("ALTER ROLE tox PASSWORD 'other'");
    await disconnect();
    await sitsOut(/refuses the password/, () => server.sql("ALTER ROLE tox PASSWORD 'first'"));
  });
});
