import assert from 'node:assert/strict';
import { toHex } from '../../lib/bytes';
import { createPortableProvider } from '../../lib/crypto/providers/portable';
import { mailboxOf } from '../../lib/protocol/names';
import { bytesOf, envelopeFor } from '../../lib/testing/engine/sample-mail';
import { PostgresServer, quickFolder } from '../../scripts/support/postgres-server';
import { newSchema } from './support/engine-on';
import { FleetNodeProcess } from './support/fleet-node-process';
import { HeldTable } from './support/held-table';
import { until } from '../../scripts/support/postgres-group';

const crypto = createPortableProvider();
const keyOf = (name: string) => crypto.keyPairFromSecret(bytesOf(name)).publicKey;
const [sender, recipient] = [keyOf('sender'), keyOf('recipient')];
const mailbox = mailboxOf(crypto, recipient);

describe('Four processes of a fleet on one PostgreSQL', function () {
  this.timeout(60_000);
  let server: PostgresServer;
  let schema: string;
  let nodes: FleetNodeProcess[] = [];

  before(async () => {
    server = await PostgresServer.create([], await quickFolder());
  });
  after(() => server.remove());

  /** The sender is a friend of all, the recipient of the first alone. */
  beforeEach(async () => {
    schema = newSchema();
    const start = (name: string, ...friends: Uint8Array[]) =>
      FleetNodeProcess.start({
        database: { url: server.urlOf(), schema },
        secret: bytesOf('secret'),
        node: keyOf(name),
        friends: [sender, ...friends],
      });
    nodes = [await start('node 0', recipient)];
    await until(async () => {
      const [row] = await server.sql(`SELECT count(*)::int AS n FROM ${schema}.fleet_friends`);
      return row?.n === 2;
    });
    nodes.push(...(await Promise.all(['node 1', 'node 2', 'node 3'].map((name) => start(name)))));
  });
  afterEach(() => Promise.all(nodes.map((node) => node.stop())));

  const envelopes = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => envelopeFor(mailbox, `${from + n}`));
  const storeAt = (node: FleetNodeProcess, from: number, count: number) =>
    node.store({ submitter: sender, mailbox, envelopes: envelopes(from, count) });
  const codesOf = async (node: FleetNodeProcess, from: number, count: number) =>
    (await storeAt(node, from, count)).codes;
  const listedAt = async (node: FleetNodeProcess) => (await node.list(recipient)).map(toHex);

  it('takes 100 of 240 that one friend stores for one recipient at all of them at one moment', async () => {
    // Both times all four are let into the table at once: the first envelope of each, and then all others of each.
    const first = await HeldTable.queue(server, `${schema}.counts`);
    await first.held();
    const stores = await Promise.all(nodes.map((node, n) => storeAt(node, n * 60, 60)));
    await first.until(nodes.length);
    const second = await HeldTable.queue(server, `${schema}.counts`);
    await first.until(nodes.length + 1);
    await first.release();
    await second.held();
    await second.until(nodes.length);
    await second.release();
    const codes = (await Promise.all(stores.map(({ codes }) => codes))).flat();
    assert.equal(codes.filter((code) => code === 'ok').length, 100);
    assert.equal(codes.filter((code) => code === 'mailbox-share').length, 140);
    const [row] = await server.sql(`SELECT count(*)::int AS n FROM ${schema}.mail`);
    assert.equal(row?.n, 100);
  });

  it('gives mail that one of them took at any other, where it is deleted once', async () => {
    const [first, second, third, last] = nodes;
    assert.ok(first && second && third && last);
    assert.deepEqual(await codesOf(second, 0, 1), ['ok']);
    const [id = assert.fail()] = await listedAt(last);
    for (const node of nodes) assert.deepEqual(await listedAt(node), [id]);
    assert.deepEqual(await codesOf(third, 0, 1), ['known'], 'the same envelope, at another');
    const bytes = new Uint8Array(Buffer.from(id, 'hex'));
    assert.equal(await last.delete(recipient, bytes), true);
    assert.equal(await first.delete(recipient, bytes), false);
    for (const node of nodes) assert.deepEqual(await listedAt(node), []);
  });

  it('shows in the database nothing that leads from a mailbox to what its owner submitted', async () => {
    assert.deepEqual(await codesOf(nodes[1]!, 0, 1), ['ok']);
    const own = Buffer.from(mailboxOf(crypto, sender)).toString('hex');
    const [row] = await server.sql(`SELECT (SELECT count(*)::int FROM ${schema}.counts) AS submitters,
      (SELECT count(*)::int FROM ${schema}.fleet_friends WHERE mailbox = '\\x${own}') AS friends,
      (SELECT count(*)::int FROM ${schema}.fleet_friends JOIN ${schema}.counts ON mark = submitter) AS links`);
    assert.deepEqual(row, { submitters: 1, friends: 4, links: 0 });
  });

  it('takes mail for a friend of one of them at all, and for nobody else', async () => {
    const { codes } = await nodes[3]!.store({
      submitter: sender,
      mailbox: bytesOf('nobody'),
      envelopes: [envelopeFor(bytesOf('nobody'), 'one')],
    });
    assert.deepEqual(await codes, ['no-mailbox']);
    await nodes[0]!.stop();
    assert.deepEqual(
      await codesOf(nodes[3]!, 0, 1),
      ['ok'],
      'a node that stopped left its friends in the register',
    );
    await until(async () => (await listedAt(nodes[1]!)).length === 1);
  });
});
