import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { AsyncManager, type AsyncManagerOptions, type FleetOptions } from '../../lib/index';
import { bytesOf } from '../../lib/testing/engine/sample-mail';
import { PostgresServer, quickFolder } from '../../scripts/support/postgres-server';
import { newSchema } from './support/engine-on';

describe('The tables in a PostgreSQL', function () {
  this.timeout(60_000);
  let server: PostgresServer;
  let folder: string;
  let schema: string;
  const open: AsyncManager[] = [];

  before(async () => {
    server = await PostgresServer.create([], await quickFolder());
    folder = await mkdtemp(path.join(os.tmpdir(), 'tox-async-owners-'));
  });
  beforeEach(() => {
    schema = newSchema();
  });
  afterEach(() => Promise.all(open.splice(0).map((manager) => manager.stop())));
  after(async () => {
    await server.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const fleet = (secret: string): FleetOptions => ({
    secret: bytesOf(secret),
    certificate: () => Promise.resolve(undefined),
  });
  /** Whether the node can use them; closed again unless it is to stay. */
  const uses = async (node: string, more: Partial<AsyncManagerOptions> = {}, stays = false) => {
    const manager = await AsyncManager.create({
      dataDir: path.join(folder, `${schema} ${node}`),
      mailDatabase: { url: server.urlOf(), schema },
      ...more,
    });
    open.push(manager);
    const { role, trouble } = manager.snapshot().kept;
    if (!stays) await manager.stop();
    if (trouble === undefined) return true;
    assert.match(trouble, /belong to another storage node or fleet/);
    assert.equal(role, 'off');
    return false;
  };

  it('are those of the storage node that came first, and no other may share them', async () => {
    assert.equal(await uses('one', {}, true), true);
    assert.equal(await uses('two', {}, true), false);
    assert.equal(await uses('three', { fleet: fleet('secret') }), false);
    await Promise.all(open.splice(0).map((manager) => manager.stop()));
    assert.equal(await uses('two'), false, 'nor later');
    assert.equal(await uses('one'), true, 'they stay its own');
  });

  it('are shared by the nodes of a fleet with one secret, into which one may bring its own', async () => {
    assert.equal(await uses('one'), true);
    assert.equal(await uses('two', { fleet: fleet('secret') }), false);
    assert.equal(await uses('one', { fleet: fleet('secret') }, true), true);
    assert.equal(await uses('two', { fleet: fleet('secret') }, true), true);
    assert.equal(await uses('three', { fleet: fleet('another secret') }), false);
    assert.equal(await uses('four'), false);
    await Promise.all(open.splice(0).map((manager) => manager.stop()));
    assert.equal(await uses('one'), false, 'it left the fleet, and the tables are not its own any more');
  });

  it('are one of two that come at once', async () => {
    const both = await Promise.all(['one', 'two'].map((node) => uses(node, {}, true)));
    assert.deepEqual(both.toSorted(), [false, true]);
  });
});

describe('A fleet without anything to share', () => {
  it('is refused', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'tox-async-owners-'));
    const fleet = { secret: bytesOf('secret'), certificate: () => Promise.resolve(undefined) };
    await assert.rejects(AsyncManager.create({ dataDir: path.join(folder, 'node'), fleet }), {
      code: 'ErrInvalidArgument',
      message: /share one database/,
    });
    await rm(folder, { recursive: true, force: true });
  });
});
