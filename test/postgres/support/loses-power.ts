import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openPostgresEngine } from '../../../lib/storage/postgres/postgres-engine';
import { PostgresServer } from '../../../scripts/support/postgres-server';
import { CutDisk } from './cut-disk';
import { newSchema } from './engine-on';
import { assertKept, Load } from './load';

/** It takes a loop device and root, so it runs where it is asked for only. */
export function losesPower(): void {
  it('has all mail that was acknowledged on the disk as it was at that moment', async function () {
    this.timeout(180_000);
    const disk = await CutDisk.make();
    const server = await PostgresServer.create([], disk.folder);
    const schema = newSchema();
    const engine = await openPostgresEngine({ database: { url: server.urlOf(), schema } });
    await disk.settle();
    const load = new Load(() => engine, 16);
    await wait(10_000);
    await server.freeze(true);
    // Answers that are on their way count as given.
    await wait(500);
    const copy = await disk.cut();
    const found = await PostgresServer.found(path.join(copy.folder, path.basename(server.folder)));
    try {
      await server.remove();
      await load.stop();
      await found.start();
      const after = await openPostgresEngine({ database: { url: found.urlOf(), schema } });
      assert.deepEqual(after.health(), { state: 'ok' });
      assert.ok(load.acknowledged.size > 500, `${load.acknowledged.size} were acknowledged`);
      await assertKept(after, load);
      await after.close();
    } finally {
      await engine.close();
      await found.remove();
      await copy.remove();
      await disk.remove();
    }
  });
}
