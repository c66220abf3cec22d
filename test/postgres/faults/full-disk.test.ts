import assert from 'node:assert/strict';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { openPostgresEngine } from '../../../lib/storage/postgres/postgres-engine';
import { mail } from '../../../lib/testing/engine/sample-mail';
import { unprivilegedUser } from '../../../scripts/support/postgres-programs';
import { PostgresServer, quickFolder } from '../../../scripts/support/postgres-server';
import { cannotMount, fillVolume, mountSmallVolume } from '../../lib/store/support/scratch';
import { newSchema } from '../support/engine-on';
import { assertKept, listAll, Load } from '../support/load';
import { until } from '../../../scripts/support/postgres-group';

describe('PostgreSQL whose disk is full', () => {
  it('refuses mail as full, gives out what it has, and takes mail again once there is room', async function () {
    if (cannotMount()) return this.skip();
    this.timeout(120_000);
    const server = await PostgresServer.create([], await quickFolder());
    const small = await mkdtemp(path.join(await quickFolder(), 'tox-async-small-'));
    const unmount = mountSmallVolume(small, 48);
    const { uid, gid } = unprivilegedUser() ?? {};
    if (uid !== undefined && gid !== undefined) await chown(small, uid, gid);
    try {
      await server.sql(`CREATE TABLESPACE small LOCATION '${small}'`);
      await server.sql('CREATE DATABASE mail TABLESPACE small');
      const database = { url: server.urlOf('mail'), schema: newSchema() };
      const engine = await openPostgresEngine({ database });
      const load = new Load(() => engine, 8);
      await until(() => load.acknowledged.size > 40);
      const ballast = fillVolume(small);
      await until(() => load.errors.size > 0);
      const [one] = load.acknowledged.values();
      assert.ok(one);
      // What it puts into pages that it has already may still fit.
      await until(() =>
        engine.put(mail(`more ${load.errors.get('ErrLocalStorageFull') ?? 0}`, { size: 5397 })).then(
          () => false,
          (error: unknown) =>
            error instanceof Error && 'code' in error && error.code === 'ErrLocalStorageFull',
        ),
      );
      assert.deepEqual((await engine.get(one.mailbox, one.storageId))?.envelope, one.envelope);
      assert.ok((await listAll(engine, one.mailbox)).length > 0);
      const whenFull = load.acknowledged.size;
      await rm(ballast);
      await until(() => load.acknowledged.size > whenFull + 40);
      await load.stop();
      await assertKept(engine, load);
      assert.deepEqual([...load.errors.keys()], ['ErrLocalStorageFull']);
      await engine.close();
    } finally {
      await server.remove();
      unmount();
      await rm(small, { recursive: true, force: true });
    }
  });
});
