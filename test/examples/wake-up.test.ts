import assert from 'node:assert/strict';
import { startExample } from '../nodes/support/example-flow';
import { HttpService } from '../nodes/support/http-service';
import { managerOf, met, until, type NodeRed } from '../nodes/support/node-red';

const CORE = [
  'common/20-inject',
  'function/10-switch',
  'function/15-change',
  'network/21-httprequest',
  'common/60-link',
];

describe('The example flow wake-up', function () {
  let red: NodeRed;
  let service: HttpService;

  before(async () => {
    service = await HttpService.start();
    red = await startExample('14-wake-up', {
      core: CORE,
      without: ['http in', 'http response'],
      // The service is one of the test.
      change: (entry) => (entry.id === 'wu-request' ? service.calledBy(entry) : entry),
    });
    await met(red, 'wu-camera', 'wu-phone', 'wu-home');
  });

  after(async () => {
    await red.stop();
    await service.stop();
  });

  it('calls a service when mail waits for a phone that sleeps, which then gets it', async () => {
    const camera = await managerOf(red, 'wu-camera');
    const home = await managerOf(red, 'wu-home');
    red.send('wu-off', {});
    await until('the phone sleeps', () => camera.counts().online === 1 && home.counts().online === 1);
    red.send('wu-alert', {});
    const { payload } = await red.wait('wu-answer', () => true);
    assert.equal(payload, 'ok');
    assert.deepEqual(service.calls, ['POST /wake-up/phone Please go online: 1 message(s) wait.']);
    red.send('wu-connect', {});
    const alert = await red.wait('wu-alerts', () => true);
    assert.deepEqual(
      [alert.payload, alert.topic, alert.friendName],
      ['Motion at the door', 'door', 'Camera'],
    );
  });
});
