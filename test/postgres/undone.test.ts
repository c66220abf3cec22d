import assert from 'node:assert/strict';
import { openPostgresEngine, type PostgresEngine } from '../../lib/storage/postgres/postgres-engine';
import { mail } from '../../lib/testing/engine/sample-mail';
import { PostgresServer, quickFolder } from '../../scripts/support/postgres-server';
import { newSchema } from './support/engine-on';

describe('what a PostgreSQL undid', () => {
  let server: PostgresServer;
  let engine: PostgresEngine;
  let schema: string;

  before(async function () {
    this.timeout(60_000);
    server = await PostgresServer.create([], await quickFolder());
  });
  beforeEach(async () => {
    schema = newSchema();
    engine = await openPostgresEngine({ database: { url: server.urlOf(), schema } });
    await engine.put(mail('first'));
  });
  afterEach(() => engine.close());
  after(() => server.remove());

  /** The database fails with `code` where `condition` holds; \`tries.nextval\` counts the mail it was to insert. */
  const failWhere = (condition: string, code: string) =>
    server.sql(`CREATE SEQUENCE ${schema}.tries;
      CREATE FUNCTION ${schema}.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF ${condition} THEN RAISE EXCEPTION 'undone' USING ERRCODE = '${code}'; END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER fail BEFORE INSERT ON ${schema}.mail FOR EACH ROW EXECUTE FUNCTION ${schema}.fail()`);
  const nth = (n: number) => `nextval('${schema}.tries') <= ${n}`;

  for (const [code, why] of [
    ['40P01', 'a deadlock'],
    ['40001', 'the order of transactions'],
  ] as const) {
    it(`for ${why} is done again, once`, async () => {
      await failWhere(nth(1), code);
      assert.equal(await engine.put(mail('one')), 'stored');
      assert.equal((await engine.stats()).messages, 2);
    });
  }

  it('twice is an error that tells the sender to try again', async () => {
    await failWhere(nth(2), '40P01');
    await assert.rejects(engine.put(mail('one')), { code: 'ErrDatabase', message: /It is tried again/ });
    assert.equal(await engine.put(mail('one')), 'stored');
  });

  it('costs none of the mail that waits for the next transaction', async () => {
    const bad = mail('bad');
    await failWhere(`NEW.storage_id = '\\x${Buffer.from(bad.storageId).toString('hex')}'`, '55P03');
    const one = engine.put(bad);
    // The first is under way alone when the others arrive, and 64 of them share a transaction.
    const others = Array.from({ length: 100 }, (_, n) => mail(`${n}`));
    const rejected = assert.rejects(one, { code: 'ErrDatabase' });
    await new Promise((resolve) => setImmediate(resolve));
    const answers = await Promise.all(others.map((other) => engine.put(other)));
    await rejected;
    assert.deepEqual(new Set(answers), new Set(['stored']));
    assert.equal((await engine.stats()).messages, 101);
  });
});
