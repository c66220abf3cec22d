import assert from 'node:assert/strict';
import { startExample } from '../nodes/support/example-flow';
import { managerOf, met, until, type NodeRed } from '../nodes/support/node-red';

describe('The example flow latest-reading', function () {
  let red: NodeRed;
  const press = (button: string) => red.send(button, {});

  before(async () => {
    red = await startExample('08-latest-reading', { core: ['common/20-inject'] });
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
