import assert from 'node:assert/strict';
import { startExample } from '../nodes/support/example-flow';
import { managerOf, met, until, type NodeRed } from '../nodes/support/node-red';
import type { Seen } from '../nodes/support/probe';

describe('The example flow sensor', function () {
  let red: NodeRed;
  const press = (button: string) => red.send(button, {});

  before(async () => {
    red = await startExample('07-sensor', {
      core: ['common/20-inject', 'function/10-switch', 'function/15-change'],
    });
    await met(red, 'se-sensor', 'se-station', 'se-home');
  });

  after(() => red.stop());

  it('brings the objects of the sensor out at a station that was offline, under their topics', async () => {
    const [sensor, home] = await Promise.all(['se-sensor', 'se-home'].map((id) => managerOf(red, id)));
    assert.ok(sensor && home);
    press('se-off');
    await until('the station is offline', () => sensor.counts().online === 1 && home.counts().online === 1);
    press('se-garden');
    press('se-cellar');
    const isStored = ({ topic, payload }: Seen, of: string) => topic === of && payload === 'stored';
    await red.wait('se-outcome', (msg) => isStored(msg, 'garden'));
    await red.wait('se-outcome', (msg) => isStored(msg, 'cellar'));
    assert.deepEqual(red.probes.all('se-readings'), []);
    press('se-on');
    const garden = await red.wait('se-readings', ({ topic }) => topic === 'garden');
    assert.deepEqual(garden.payload, { temperature: 4.5, humidity: 81, frost: false });
    assert.equal(garden.friendName, 'Sensor');
    const cellar = await red.wait('se-readings', ({ topic }) => topic === 'cellar');
    assert.deepEqual(cellar.payload, { temperature: 12, water: true });
    await red.wait('se-alarms', ({ payload }) => payload === 'Water in the cellar');
    assert.equal(red.probes.all('se-alarms').length, 1);
  });
});
