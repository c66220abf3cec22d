import assert from 'node:assert/strict';
import { Client } from 'pg';
import { DEFAULT_STORAGE_CAP_BYTES } from '../../lib/constants';
import { openPostgresEngine, type PostgresEngine } from '../../lib/storage/postgres/postgres-engine';
import { LOCK_CAPACITY, LOCK_NAMES, LOCK_SWEEP, SHARE_CAPACITY } from '../../lib/storage/postgres/statements';
import { BYTES_PER_MESSAGE } from '../../lib/storage/storage-capacity';
import { limitsOf } from '../../lib/testing/engine/limits';
import { bytesOf, mail } from '../../lib/testing/engine/sample-mail';
import { PostgresServer, quickFolder } from '../../scripts/support/postgres-server';
import { newSchema } from './support/engine-on';

describe('the capacity of a PostgreSQL that several processes share', () => {
  let server: PostgresServer;
  const engines: PostgresEngine[] = [];
  const clients: Client[] = [];

  before(async function () {
    this.timeout(60_000);
    server = await PostgresServer.create([], await quickFolder());
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.end()));
    await Promise.all(engines.splice(0).map((engine) => engine.close()));
  });
  after(() => server.remove());

  async function open(schema = newSchema()): Promise<PostgresEngine> {
    const engine = await openPostgresEngine({ database: { url: server.urlOf(), schema } });
    engines.push(engine);
    return engine;
  }

  /** A transaction of another process on a schema. */
  async function begin(schema: string): Promise<Client> {
    const client = new Client({ connectionString: server.urlOf() });
    clients.push(client);
    await client.connect();
    await client.query(`BEGIN; SET LOCAL search_path = "${schema}"`);
    return client;
  }

  const bytes = DEFAULT_STORAGE_CAP_BYTES;
  const usual = { bytes, messages: Math.floor(bytes / BYTES_PER_MESSAGE) };

  it('is judged by several at once under the cap of a new node, while there is room', async () => {
    const schema = newSchema();
    const engine = await open(schema);
    const other = await begin(schema);
    await other.query(SHARE_CAPACITY);
    assert.equal(await engine.put(mail('one'), limitsOf({ capacity: usual })), 'stored');
  });

  for (const size of [40, 2000]) {
    it(`of ${size} messages is never overrun by four who store at once, and is used up`, async function () {
      this.timeout(60_000);
      const schema = newSchema();
      const four = [await open(schema), await open(schema), await open(schema), await open(schema)];
      // Half is guaranteed to friends; twelve strangers have a quarter of the rest each.
      const limits = limitsOf({ capacity: { messages: size, bytes: 1_000_000_000 }, isFriend: false });
      const each = size / 20;
      const puts = Array.from({ length: 12 * each }, (_, n) => {
        const one = mail(`${n}`, { from: `stranger ${n % 12}`, to: `recipient ${n % 12}` });
        return four[n % 4]?.put(one, { ...limits, perMailbox: size }) ?? assert.fail();
      });
      const answers = await Promise.all(puts);
      assert.equal(answers.filter((answer) => answer === 'stored').length, size / 2);
      assert.equal(answers.filter((answer) => answer === 'node-full').length, 12 * each - size / 2);
      assert.equal((await four[0]?.stats())?.messages, size / 2);
    });
  }

  it('of one schema keeps no other schema waiting, nor does a mailbox of the same name', async () => {
    const [busy, quiet] = [newSchema(), newSchema()];
    const [blocked, free] = [await open(busy), await open(quiet)];
    const other = await begin(busy);
    await other.query(LOCK_CAPACITY);
    await other.query(LOCK_NAMES, [[Buffer.from(bytesOf('bob')).readBigInt64BE().toString()]]);
    const state = { isOver: false };
    const waits = blocked.put(mail('one')).then(() => (state.isOver = true));
    assert.equal(await free.put(mail('one')), 'stored');
    assert.equal(await free.put(mail('two')), 'stored');
    assert.equal(state.isOver, false);
    await other.query('ROLLBACK');
    await waits;
  });

  it('is not shared by two fleets in schemas of their own, nor are their sweeps and their mail', async () => {
    const [north, south] = [newSchema(), newSchema()];
    const [one, two] = [await open(north), await open(south)];
    const limits = limitsOf({ capacity: { messages: 4, bytes: 1_000_000 } });
    let answer = await one.put(mail('0'), limits);
    for (let n = 1; answer === 'stored'; n += 1) answer = await one.put(mail(`${n}`), limits);
    assert.notEqual(answer, 'stored', 'the first is full');
    assert.equal(await two.put(mail('0'), limits), 'stored', 'the second has it not yet, and has room');
    assert.equal((await two.stats()).messages, 1);
    const sweeping = await begin(north);
    await sweeping.query(LOCK_SWEEP);
    const state = { isOver: false };
    const waits = one.expire(10).then(() => (state.isOver = true));
    assert.equal(await two.expire(10), 0);
    assert.equal(state.isOver, false);
    await sweeping.query('ROLLBACK');
    await waits;
  });
});
