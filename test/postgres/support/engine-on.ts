import { Client } from 'pg';
import { openPostgresEngine, type PostgresEngine } from '../../../lib/storage/postgres/postgres-engine';
import type { EngineAtWork } from '../../../lib/testing/engine/engine-under-test';
import type { MessageEngine } from '../../../lib/storage/message-engine';

let schemas = 0;

/** A name that no other test of this run has. */
export const newSchema = (): string => `test_${process.pid}_${++schemas}`;

/** For messageEngineSuite: an engine in a schema of its own, whose clock stands still until it is moved. */
export async function engineOn(url: string): Promise<EngineAtWork> {
  const schema = newSchema();
  const client = new Client({ connectionString: url });
  await client.connect();
  let seconds = 1000;
  let moving: Promise<unknown> | undefined;
  const move = () => {
    const text = `CREATE OR REPLACE FUNCTION ${schema}.age_seconds() RETURNS bigint LANGUAGE sql VOLATILE AS
      'SELECT ${seconds}::bigint'`;
    const move = Promise.resolve(moving).then(() => client.query(text));
    moving = move;
    return move.then(() => {
      if (moving === move) moving = undefined;
    });
  };
  const open = async (): Promise<EngineAtWork> => {
    const engine = await openPostgresEngine({ database: { url, schema } });
    await move();
    return {
      engine: after(engine, () => moving),
      advance: (by) => {
        seconds += by;
        void move();
      },
      reopen: async () => {
        await engine.close();
        return open();
      },
      close: async () => {
        await engine.close();
        await client.query(`DROP SCHEMA ${schema} CASCADE`);
        await client.end();
      },
    };
  };
  return open();
}

/** The engine, whose clock is where it should be before each call that depends on it. */
function after(engine: PostgresEngine, moving: () => Promise<unknown> | undefined): MessageEngine {
  const soon = <T>(call: () => Promise<T>): Promise<T> => {
    const waits = moving();
    // At once where nothing moves: a put counts from its call.
    return waits ? waits.then(call) : call();
  };
  return {
    put: (...args) => soon(() => engine.put(...args)),
    renew: (...args) => soon(() => engine.renew(...args)),
    get: (...args) => soon(() => engine.get(...args)),
    page: (...args) => soon(() => engine.page(...args)),
    delete: (...args) => soon(() => engine.delete(...args)),
    expire: (max) => soon(() => engine.expire(max)),
    stats: () => soon(() => engine.stats()),
    countInMailbox: (...args) => engine.countInMailbox(...args),
    bytesOfSubmitter: (submitter) => engine.bytesOfSubmitter(submitter),
    countChunks: (...args) => engine.countChunks(...args),
    total: () => engine.total(),
    onMail: (listener) => engine.onMail(listener),
    health: () => engine.health(),
    onHealth: (listener) => engine.onHealth(listener),
  };
}
