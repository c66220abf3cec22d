import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NodeAPI } from 'node-red';
import { exampleNodes } from '../../scripts/support/examples';
import { startExample } from '../nodes/support/example-flow';
import { managerOf, met, until, type NodeRed } from '../nodes/support/node-red';

/** Here and not beside the other examples' tests, since its package comes from the registry. */
describe('The example flow write-to-database', function () {
  this.timeout(300_000);
  let red: NodeRed;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tox-async-database-'));
    const [, sqlite = ''] = await exampleNodes();
    const load = createRequire(__filename)(path.join(sqlite, 'sqlite.js')) as (RED: NodeAPI) => void;
    red = await startExample('11-write-to-database', {
      core: ['common/20-inject', 'common/25-catch', 'common/60-link', 'function/15-change'],
      more: [load],
      change: (entry) => {
        if (entry.id === 'db-file') return { ...entry, db: path.join(folder, 'readings.sqlite') };
        // So that the test sees the end of a write.
        return entry.id === 'db-insert' ? { ...entry, wires: [['db-ack', 'db-rows']] } : entry;
      },
    });
    await met(red, 'db-sensor', 'db-station', 'db-home');
  });

  after(async () => {
    await red.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('acknowledges a reading when the database has it, and writes it once', async () => {
    const station = await managerOf(red, 'db-station');
    red.send('db-reading', {});
    await until('it is delivered', () => red.probes.all('db-outcome').at(-1)?.payload === 'delivered');
    await until('it is acknowledged', () => station.snapshot().inbox.length === 0);
    const show = async () => {
      red.probes.clear('db-rows');
      red.send('db-show', {});
      return (await red.wait('db-rows')).payload as Record<string, unknown>[];
    };
    const [row] = await show();
    assert.deepEqual([row?.sensor, row?.topic, typeof row?.value], ['Sensor', 'cellar', 'number']);
    // As after a crash between the write and the acknowledgement.
    red.probes.clear('db-rows');
    red.send('db-params', {
      messageId: row?.id,
      friendName: 'Sensor',
      topic: 'cellar',
      payload: 1,
      sentAt: 1,
    });
    await red.wait('db-rows');
    assert.deepEqual(red.probes.all('db-error'), []);
    assert.deepEqual(await show(), [row]);
  });
});
