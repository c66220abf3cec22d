import assert from 'node:assert/strict';
import { startExample } from '../nodes/support/example-flow';
import { managerOf, met, until, type NodeRed } from '../nodes/support/node-red';

describe('The example flow key-gauge-alarm', function () {
  this.timeout(60_000);
  let red: NodeRed;

  before(async () => {
    red = await startExample('12-key-gauge-alarm', {
      core: [
        ...['common/20-inject', 'common/25-status', 'sequence/17-split'],
        ...['function/10-switch', 'function/15-change'],
      ],
    });
    await met(red, 'ka-sensor', 'ka-phone', 'ka-home');
  });

  after(() => red.stop());

  it('raises an alarm when few keys are left, and shows that there are new ones', async () => {
    const sensor = await managerOf(red, 'ka-sensor');
    const gauge = () => red.probes.all('ka-left').map(({ payload }) => payload);
    await until('the gauge is full', () => gauge().at(-1) === 100);
    red.send('ka-off', {});
    await until('the phone is offline', () => sensor.counts().online === 1);
    red.send('ka-many', {});
    const alarm = await red.wait('ka-alarm', () => true, 20_000);
    assert.match(String(alarm.payload), /^Only 1?\d messages can be left for Phone until you meet\.$/);
    await until('the gauge is low', () => gauge().at(-1) === 10, 20_000);
    red.send('ka-on', {});
    await until('all have arrived', () => red.probes.all('ka-got').length === 90, 20_000);
    await until('the gauge is full again', () => gauge().at(-1) === 100, 20_000);
    assert.equal(red.probes.all('ka-alarm').length, 1);
    assert.ok(
      red.probes.all('ka-again').some(({ payload }) => (payload as { sendable: number }).sendable > 90),
    );
  });
});
