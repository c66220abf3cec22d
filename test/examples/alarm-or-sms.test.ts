import assert from 'node:assert/strict';
import { startExample } from '../nodes/support/example-flow';
import { HttpService } from '../nodes/support/http-service';
import { managerOf, met, until, type NodeRed } from '../nodes/support/node-red';

const CORE = ['common/20-inject', 'function/10-switch', 'function/15-change', 'network/21-httprequest'];

describe('The example flow alarm-or-sms', function () {
  let red: NodeRed;
  let service: HttpService;

  before(async () => {
    service = await HttpService.start();
    red = await startExample('13-alarm-or-sms', {
      core: CORE,
      without: ['http in', 'http response'],
      // The service is one of the test, and the wait is short.
      change: (entry) => {
        if (entry.id === 'as-out') return { ...entry, overdueAfter: '3' };
        return entry.id === 'as-request' ? service.calledBy(entry) : entry;
      },
    });
    await met(red, 'as-sensor', 'as-phone', 'as-home');
  });

  after(async () => {
    await red.stop();
    await service.stop();
  });

  it('calls an SMS service for an alert that is not confirmed in time, and for no other', async () => {
    const sensor = await managerOf(red, 'as-sensor');
    const outcomes = () => red.probes.all('as-outcome').map(({ payload }) => payload);
    red.send('as-alert', {});
    await until('the first is delivered', () => outcomes().includes('delivered'));
    red.send('as-off', {});
    await until('the phone is away', () => sensor.counts().online === 1);
    red.send('as-alert', {});
    const { payload } = await red.wait('as-answer', () => true);
    assert.equal(payload, 'ok');
    assert.deepEqual(service.calls, ['POST /alarm-or-sms/sms Not confirmed: an alert from cellar']);
    red.send('as-on', {});
    await until('the second is delivered', () => outcomes().at(-1) === 'delivered');
    assert.deepEqual(outcomes(), ['delivered', 'stored', 'overdue', 'delivered']);
    assert.equal(red.probes.all('as-alerts').length, 2);
  });
});
