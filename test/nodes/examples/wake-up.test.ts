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

describe('The example flow wake-up', function () {
  let red: NodeRed;
  let service: HttpService;

  before(async () => {
    service = await HttpService.start();
    const flow = JSON.parse(readFileSync(path.join(ROOT, 'examples/wake-up.json'), 'utf8')) as FlowEntry[];
    const changed = flow
      // What a Debug node would show, a probe keeps; the service is one of the test.
      .map<FlowEntry>((entry) => (entry.type === 'debug' ? { ...entry, type: 'probe' } : entry))
      .map((entry) => (entry.id === 'wu-request' ? service.calledBy(entry) : entry));
    const core = [
      'common/20-inject.js',
      'function/10-switch.js',
      'function/15-change.js',
      'network/21-httprequest.js',
    ].map(coreNode);
    const left = changed.filter(({ type }) => !['comment', 'http in', 'http response'].includes(type));
    red = await NodeRed.start(left, undefined, ...core);
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
