import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { NodeAPI } from 'node-red';
import { ROOT } from '../../../scripts/support/project';
import { managerOf, met, NodeRed, until, type FlowEntry } from '../support/node-red';

const inject = createRequire(__filename)('@node-red/nodes/core/common/20-inject.js') as (
  RED: NodeAPI,
) => void;

describe('The example flow latest-reading', function () {
  let red: NodeRed;
  const press = (button: string) => red.send(button, {});

  before(async () => {
    const file = path.join(ROOT, 'examples/latest-reading.json');
    const flow = JSON.parse(readFileSync(file, 'utf8')) as FlowEntry[];
    // What a Debug node would show, a probe keeps.
    const watched = flow.map((entry) => (entry.type === 'debug' ? { ...entry, type: 'probe' } : entry));
    const left = watched.filter(({ type }) => type !== 'comment');
    red = await NodeRed.start(left, undefined, inject);
    await met(red, 'lr-sensor', 'lr-station', 'lr-home');
  });

  after(() => red.stop());

  it('brings the last reading of a sensor that was offline, and no other', async () => {
    const sensor = await managerOf(red, 'lr-sensor');
    press('lr-off');
    await until('the sensor is offline', () => sensor.counts().online === 0);
    const readings = () => red.probes.all('lr-receipt').map(({ payload }) => payload);
    for (let count = 1; count <= 5; count++) {
      press('lr-reading');
      await until('it is in the outbox', () => readings().length === count);
    }
    const ends = () =>
      red.probes
        .all('lr-outcome')
        .map(({ payload, receipt }) => [payload, (receipt as { code?: string }).code]);
    await until('the others are replaced', () => ends().length === 4);
    assert.deepEqual(ends(), Array(4).fill(['cancelled', 'replaced']));
    assert.equal(sensor.counts().unfinished, 1);
    press('lr-on');
    await until('it is delivered', () => ends().at(-1)?.[0] === 'delivered');
    assert.deepEqual(
      red.probes.all('lr-readings').map(({ payload, topic }) => [payload, topic]),
      [[readings().at(-1), 'temperature']],
    );
  });
});
