import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { NodeAPI } from 'node-red';
import { ROOT } from '../../../scripts/support/project';
import { HttpService } from '../support/http-service';
import { managerOf, met, NodeRed, until, type FlowEntry } from '../support/node-red';

const coreNode = (file: string) =>
  createRequire(__filename)(`@node-red/nodes/core/${file}`) as (RED: NodeAPI) => void;

describe('The example flow alarm-or-sms', function () {
  let red: NodeRed;
  let service: HttpService;

  before(async () => {
    service = await HttpService.start();
    const flow = JSON.parse(
      readFileSync(path.join(ROOT, 'examples/alarm-or-sms.json'), 'utf8'),
    ) as FlowEntry[];
    const changed = flow
      // What a Debug node would show, a probe keeps; the service is one of the test, and the wait is short.
      .map<FlowEntry>((entry) => (entry.type === 'debug' ? { ...entry, type: 'probe' } : entry))
      .map((entry) => (entry.id === 'as-out' ? { ...entry, overdueAfter: '3' } : entry))
      .map((entry) => (entry.id === 'as-request' ? service.calledBy(entry) : entry));
    const core = [
      'common/20-inject.js',
      'function/10-switch.js',
      'function/15-change.js',
      'network/21-httprequest.js',
    ].map(coreNode);
    const left = changed.filter(({ type }) => !['comment', 'http in', 'http response'].includes(type));
    red = await NodeRed.start(left, undefined, ...core);
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
