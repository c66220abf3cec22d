import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { openPostgresEngine, type PostgresEngine } from '../../lib/storage/postgres/postgres-engine';
import { toHex } from '../../lib/bytes';
import { limitsOf } from '../../lib/testing/engine/limits';
import { bytesOf, mail } from '../../lib/testing/engine/sample-mail';
import { freePort, PostgresServer, quickFolder } from '../../scripts/support/postgres-server';
import { newSchema } from './support/engine-on';
import { HeldTable } from './support/held-table';
import { until } from '../../scripts/support/postgres-group';

describe('a PostgreSQL that several processes share', () => {
  let server: PostgresServer;
  const engines: PostgresEngine[] = [];
  let schema: string;
  const bob = bytesOf('bob');

  before(async function () {
    this.timeout(60_000);
    server = await PostgresServer.create([], await quickFolder());
  });
  afterEach(() => Promise.all(engines.splice(0).map((engine) => engine.close())));
  after(() => server.remove());

  /** Engines that begin at once in one new schema. */
  async function together(count: number): Promise<PostgresEngine[]> {
    schema = newSchema();
    const database = { url: server.urlOf(), schema };
    engines.push(
      ...(await Promise.all(Array.from({ length: count }, () => openPostgresEngine({ database })))),
    );
    for (const engine of engines) assert.deepEqual(engine.health(), { state: 'ok' });
    return engines;
  }

  it('takes 100 of 240 that four of them store at once for one mailbox', async () => {
    const four = await together(4);
    const puts = Array.from(
      { length: 240 },
      (_, n) => four[n % 4]?.put(mail(`${n}`), limitsOf()) ?? assert.fail(),
    );
    const answers = await Promise.all(puts);
    assert.equal(answers.filter((answer) => answer === 'stored').length, 100);
    assert.equal(answers.filter((answer) => answer === 'mailbox-share').length, 140);
    assert.equal((await four[0]?.stats())?.messages, 100);
  });

  it('connects to write for the first time without another look at what is stored', async () => {
    const [engine = assert.fail()] = await together(1);
    const counts = await HeldTable.queue(server, `${schema}.counts`);
    await counts.held();
    // Looks stand in a queue for the table now, and would fail after 5 s.
    await engine.register.publish(bytesOf('node'), [{ mailbox: bob, mark: bytesOf('mark', 16) }]);
    await counts.release();
    assert.equal((await engine.register.read()).length, 1);
  });

  it('tells one of what another stored, and counts it', async () => {
    const [one, other] = await together(2);
    const heard: string[] = [];
    other?.onMail((mailbox) => heard.push(toHex(mailbox)));
    await one?.put(mail('one'));
    await until(() => heard.length > 0);
    assert.deepEqual([...new Set(heard)], [toHex(bob)]);
    assert.equal(other?.countInMailbox(bob), 1);
  });

  it('lets no cursor pass over mail, with 32 writers and 4 readers', async function () {
    this.timeout(60_000);
    const four = await together(4);
    const state = { done: false };
    const read = async (engine: PostgresEngine): Promise<number> => {
      const seen = new Set<string>();
      for (let cursor = 0, last = false; ;) {
        const { items } = await engine.page(bob, cursor, 64);
        for (const { storageId } of items) seen.add(toHex(storageId));
        cursor = items.at(-1)?.cursor ?? cursor;
        if (items.length > 0) continue;
        if (last) return seen.size;
        last = state.done;
        await wait(2);
      }
    };
    const readers = four.map(read);
    const writers = Array.from({ length: 32 }, async (_, writer) => {
      for (let n = 0; n < 20; n++) await four[writer % 4]?.put(mail(`${writer} ${n}`));
    });
    await Promise.all(writers);
    state.done = true;
    assert.deepEqual(await Promise.all(readers), [640, 640, 640, 640]);
  });

  it('erases no mail because the clock of the server jumped ahead', async () => {
    const schema = newSchema();
    const engine = await openPostgresEngine({ database: { url: server.urlOf(), schema } });
    engines.push(engine);
    const lasting = mail('lasting', { keepSeconds: 86_400 });
    await engine.put(lasting);
    const isAhead = (seconds: number) =>
      server.sql(`CREATE OR REPLACE FUNCTION ${schema}.age_seconds() RETURNS bigint LANGUAGE sql VOLATILE AS
        'SELECT floor(extract(epoch FROM clock_timestamp()))::bigint + ${seconds}'`);
    await isAhead(365 * 86_400);
    assert.equal(await engine.expire(50), 0);
    await isAhead(0);
    assert.ok(await engine.get(lasting.mailbox, lasting.storageId));
    await isAhead(-1);
    const short = mail('short', { keepSeconds: 1 });
    await engine.put(short);
    await isAhead(5);
    assert.equal(await engine.expire(50), 1, 'what is over by both clocks goes');
  });

  it('counts what is there when transaction numbers begin again, as in a restored copy', async () => {
    const database = { url: server.urlOf(), schema: newSchema() };
    const first = await openPostgresEngine({ database });
    engines.push(first);
    const { mailbox, storageId } = mail('one');
    await first.put(mail('one'));
    await server.sql(`UPDATE ${database.schema}.counts SET changed = 1000000000000000`);
    const second = await openPostgresEngine({ database });
    engines.push(second);
    assert.equal(second.countInMailbox(mailbox), 1);
    await first.delete(mailbox, storageId);
    await until(() => second.countInMailbox(mailbox) === 0);
  });

  describe('says what to do', () => {
    const refused = async (url: string, text: RegExp, schema = newSchema()) => {
      const engine = await openPostgresEngine({ database: { url, schema } });
      engines.push(engine);
      const health = engine.health();
      assert.equal(health.state, 'down');
      assert.equal(health.error.code, 'ErrDatabase');
      assert.match(health.error.message, text);
      assert.equal(health.wasReady, false);
      await assert.rejects(engine.put(mail('one')), health.error);
    };

    it('when the server is not there', async () => {
      const url = server.urlOf().replace(String(server.port), String(await freePort()));
      await refused(url, /does not answer/);
    });

    it('when the password is wrong', () =>
      refused(server.urlOf('postgres', 'keeper', 'no'), /refuses the password/));

    it('when the user lacks a right', async () => {
      await server.sql("CREATE ROLE guest LOGIN PASSWORD 'guest'");
      await refused(server.urlOf('postgres', 'guest', 'guest'), /lacks a right/);
    });

    it('when the encoding is wrong', async () => {
      await server.sql("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0");
      await refused(server.urlOf('latin'), /ENCODING 'UTF8'/);
    });

    it('when the tables are of a newer or an older version', async () => {
      for (const [version, text] of [
        [99, /Update this package/],
        [0, /no version of this package reads/],
      ] as const) {
        const schema = newSchema();
        await server.sql(
          `CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.schema_version AS SELECT ${version} AS version`,
        );
        await refused(server.urlOf(), text, schema);
      }
    });

    it('when commits are not synchronous', async () => {
      await server.sql("CREATE ROLE hasty LOGIN PASSWORD 'h'; ALTER ROLE hasty SET synchronous_commit = off");
      await refused(server.urlOf('postgres', 'hasty', 'h'), /before it is on a disk/);
    });

    it('when a power cut would lose mail, also in the middle of its work', async () => {
      const engine = await openPostgresEngine({ database: { url: server.urlOf(), schema: newSchema() } });
      engines.push(engine);
      const set = async (name: string, value: string) => {
        await server.sql(`ALTER SYSTEM SET ${name} = ${value}`);
        await server.reload();
        await until(async () => (await server.sql(`SHOW ${name}`))[0]?.[name] === value);
      };
      for (const name of ['fsync', 'full_page_writes']) {
        assert.equal(engine.health().state, 'ok');
        assert.equal(await engine.put(mail(name)), 'stored');
        await set(name, 'off');
        await refused(server.urlOf(), /would lose acknowledged mail/);
        await until(() => engine.health().state === 'down');
        await assert.rejects(engine.put(mail('one')), { code: 'ErrDatabase' });
        await set(name, 'on');
        await until(() => engine.health().state === 'ok');
      }
    });

    it('when the user may have no further connection', async () => {
      await server.sql("CREATE ROLE poor LOGIN PASSWORD 'p' CONNECTION LIMIT 0");
      await refused(server.urlOf('postgres', 'poor', 'p'), /no connection left/);
    });
  });
});
