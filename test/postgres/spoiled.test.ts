import assert from 'node:assert/strict';
import { toHex } from '../../lib/bytes';
import { mailboxOf } from '../../lib/protocol/names';
import { encodeSessionMessage } from '../../lib/protocol/session/message-kinds';
import { openPostgresEngine, type PostgresEngine } from '../../lib/storage/postgres/postgres-engine';
import { bytesOf, mail } from '../../lib/testing/engine/sample-mail';
import { createPortableProvider } from '../../lib/crypto/providers/portable';
import { PostgresServer, quickFolder } from '../../scripts/support/postgres-server';
import { newSchema } from './support/engine-on';

const HUGE = '9223372036854775807';
const YEAR_9999 = '253402300799';
const named = (word: string) => `storage_id = '\\x${toHex(mail(word).storageId)}'`;

/** What somebody who may write to the database makes of the row of a message. */
const SPOILED_MAIL = [
  `mailbox = ''`,
  `mailbox = '\\x0102'`,
  `mailbox = mailbox || mailbox`,
  `storage_id = '\\x01'`,
  `storage_id = storage_id || '\\x01'`,
  `submitter = ''`,
  `submitter = NULL`,
  `tag = '\\x01'`,
  `tag = NULL`,
  `number = ${HUGE}`,
  `number = ${HUGE} - 3`,
  `number = -5`,
  `deposited = -${HUGE}`,
  `deposited = ${HUGE}`,
  `deposited = NULL`,
  `expires = ${YEAR_9999}`,
  `expires = ${HUGE}`,
  `envelope = ''`,
  `envelope = NULL`,
  `envelope = convert_to(repeat('x', 20000000), 'UTF8')`,
];

const SPOILED_COUNTS = [
  `messages = -3`,
  `messages = 2147483647`,
  `messages = -2147483648`,
  `messages = NULL`,
  `chunks = 5`,
  `bytes = ${HUGE}`,
  `bytes = -${HUGE}`,
  `arrived = ${HUGE}`,
  `arrived = -1`,
];

const SPOILED_TOTALS = [
  `messages = ${HUGE}, bytes = ${HUGE}`,
  `messages = -${HUGE}, bytes = -${HUGE}`,
  `messages = messages + 7`,
];

describe('rows that somebody spoiled in a PostgreSQL', function () {
  this.timeout(60_000);
  let server: PostgresServer;
  let engine: PostgresEngine;
  let schema: string;

  before(async () => {
    server = await PostgresServer.create([], await quickFolder());
  });
  beforeEach(async () => {
    schema = newSchema();
    engine = await openPostgresEngine({ database: { url: server.urlOf(), schema } });
    for (const column of ['mailbox', 'submitter', 'tag', 'deposited', 'expires', 'envelope'])
      await server.sql(`ALTER TABLE ${schema}.mail ALTER ${column} DROP NOT NULL`);
    await server.sql(`ALTER TABLE ${schema}.counts ALTER messages DROP NOT NULL`);
  });
  afterEach(() => engine.close());
  after(() => server.remove());

  const restart = async () => {
    await engine.close();
    engine = await openPostgresEngine({ database: { url: server.urlOf(), schema } });
  };
  const listed = async (word = 'good') => {
    const { items, more } = await engine.page(mail(word).mailbox, 0, 10);
    assert.equal(more, false);
    // Else the answer to the recipient cannot be encoded, and they get none of their mail.
    encodeSessionMessage({ kind: 'list-answer', request: 1, code: 'ok', more, items });
    return items.map(({ storageId }) => toHex(storageId));
  };
  const isOver = (which: string) =>
    server.sql(
      `UPDATE ${schema}.mail SET expires = least(expires, extract(epoch FROM clock_timestamp())::bigint - 10) WHERE ${which}`,
    );

  for (const change of SPOILED_MAIL) {
    it(`costs no more than the message itself: ${change.slice(0, 40)}`, async () => {
      const [good, over, bad] = [mail('good'), mail('over'), mail('bad')];
      for (const each of [over, bad, good]) await engine.put(each);
      await server.sql(`ALTER TABLE ${schema}.mail ADD COLUMN mark text`);
      await server.sql(`UPDATE ${schema}.mail SET mark = 'bad' WHERE ${named('bad')}`);
      await server.sql(`UPDATE ${schema}.mail SET ${change} WHERE mark = 'bad'`);
      await isOver(named('over'));

      const ids = await listed();
      assert.ok(ids.includes(toHex(good.storageId)), 'the others are listed');
      const isStill = ids.includes(toHex(bad.storageId));
      const got = await engine.get(bad.mailbox, bad.storageId);
      assert.equal(got !== undefined, isStill, 'what is listed is given out, and nothing else');
      assert.ok(await engine.get(good.mailbox, good.storageId));
      assert.ok(Number.isSafeInteger((await engine.stats()).oldestAge));
      await restart();
      assert.deepEqual(engine.health(), { state: 'ok' });

      const forEver = change.startsWith('expires');
      assert.equal(await engine.expire(50), forEver ? 2 : 1);
      await isOver(`mark = 'bad'`);
      assert.equal(await engine.expire(50), forEver ? 0 : 1, 'it goes like any other');
      assert.deepEqual(await server.sql(`SELECT count(*)::int AS n FROM ${schema}.mail`), [{ n: 1 }]);
      assert.equal(await engine.put(bad), 'stored', 'it can be deposited again');
      assert.deepEqual(
        await listed(),
        [good, bad].map(({ storageId }) => toHex(storageId)),
      );
      assert.ok(engine.total().messages >= 2 && engine.total().messages <= 3);
    });
  }

  it('are replaced by the next deposit', async () => {
    for (const change of SPOILED_MAIL.filter((each) => !/mailbox|storage_id/.test(each))) {
      await engine.put(mail('bad'));
      await server.sql(`UPDATE ${schema}.mail SET ${change}`);
      const { mailbox, storageId } = mail('bad');
      if ((await engine.get(mailbox, storageId)) === undefined) {
        assert.equal(await engine.renew(mailbox, storageId, 100), undefined, change);
        assert.equal(await engine.put(mail('bad')), 'stored', change);
      }
      assert.ok(await engine.get(mailbox, storageId), change);
      await engine.delete(mailbox, storageId);
      assert.deepEqual(await server.sql(`SELECT count(*)::int AS n FROM ${schema}.mail`), [{ n: 0 }], change);
    }
  });

  it('are not counted', async () => {
    await engine.put(mail('good'));
    for (const change of SPOILED_COUNTS) {
      await server.sql(`UPDATE ${schema}.counts SET ${change}, changed = ${HUGE}`);
      await engine.expire(50);
      const other = mail(change, { from: 'carol' });
      assert.equal(await engine.put(other), 'stored', change);
      assert.ok(await engine.delete(other.mailbox, other.storageId));
      await restart();
      assert.deepEqual(engine.health(), { state: 'ok' });
      assert.deepEqual(engine.total(), { messages: 1, bytes: 287 }, change);
      const stats = await engine.stats();
      assert.deepEqual([stats.messages, stats.bytes, stats.mailboxes], [1, 287, 1], change);
    }
  });

  it('are counted again with the next message', async () => {
    for (const [at, change] of SPOILED_COUNTS.entries()) {
      await engine.put(mail(`first ${at}`));
      await server.sql(`UPDATE ${schema}.counts SET ${change}`);
      await engine.put(mail(`second ${at}`));
      assert.equal(engine.countInMailbox(mail('').mailbox), 2 * (at + 1), change);
    }
  });

  it('stand for nobody where their name is cut short', async () => {
    await engine.put(mail('good'));
    await server.sql(
      `INSERT INTO ${schema}.counts SELECT '\\x01', submitter, 5, 0, 5 * 287, 7, 1, 1 FROM ${schema}.counts`,
    );
    await restart();
    assert.deepEqual(engine.total(), { messages: 1, bytes: 287 });
    assert.deepEqual(await server.sql(`SELECT count(*)::int AS n FROM ${schema}.counts`), [{ n: 1 }]);
  });

  it('leave the sum of all right from the next start on', async () => {
    await engine.put(mail('good'));
    for (const change of SPOILED_TOTALS) {
      await server.sql(`UPDATE ${schema}.totals SET ${change}`);
      const other = mail(change, { from: 'carol' });
      assert.equal(await engine.put(other), 'stored', change);
      await engine.delete(other.mailbox, other.storageId);
      await engine.expire(50);
      await restart();
      const [row] = await server.sql(
        `SELECT sum(messages)::int AS n, sum(bytes)::int AS b FROM ${schema}.totals`,
      );
      assert.deepEqual(row, { n: 1, b: 287 }, change);
    }
  });

  it('make nobody a friend of the fleet', async () => {
    const mailbox = mailboxOf(createPortableProvider(), bytesOf('friend'));
    const mark = bytesOf('mark', 16);
    await engine.register.publish(bytesOf('node'), [{ mailbox, mark }]);
    const node = `'\\x${toHex(bytesOf('node'))}'`;
    const other = `'\\x${toHex(bytesOf('other'))}'`;
    await server.sql(`INSERT INTO ${schema}.fleet_friends VALUES (${node}, '\\x01', '\\x02'),
      (${node}, sha256('a'), ''), (${node}, '', '\\x${toHex(mark)}')`);
    await server.sql(`INSERT INTO ${schema}.fleet_nodes VALUES (${other}, ${YEAR_9999}, gen_random_uuid())`);
    await server.sql(
      `INSERT INTO ${schema}.fleet_friends VALUES (${other}, sha256('b'), '\\x${toHex(mark)}')`,
    );
    assert.deepEqual(await engine.register.read(), [{ mailbox, mark }]);
    await engine.register.publish(bytesOf('node'), [{ mailbox, mark }]);
    assert.deepEqual(await server.sql(`SELECT count(*)::int AS n FROM ${schema}.fleet_friends`), [{ n: 1 }]);
  });
});
