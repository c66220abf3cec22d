import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { NodeAPI } from 'node-red';
import { ROOT } from '../../../scripts/support/project';
import { managerOf, met, NodeRed, until, type FlowEntry } from '../support/node-red';

const coreNode = (file: string) =>
  createRequire(__filename)(`@node-red/nodes/core/${file}`) as (RED: NodeAPI) => void;

describe('The example flow wake-up', function () {
  let red: NodeRed;
  let service: Server;
  /** What the service was called with. */
  const calls: string[] = [];

  before(async () => {
    service = createServer((request, response) => {
      request.setEncoding('utf8');
      request.on('data', (text: string) => calls.push(`${request.method} ${request.url} ${text}`));
      request.on('end', () => response.end('ok'));
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    const { port } = service.address() as AddressInfo;
    const flow = JSON.parse(readFileSync(path.join(ROOT, 'examples/wake-up.json'), 'utf8')) as FlowEntry[];
    const changed = flow
      // What a Debug node would show, a probe keeps; the service is one of the test.
      .map<FlowEntry>((entry) => (entry.type === 'debug' ? { ...entry, type: 'probe' } : entry))
      .map((entry) =>
        entry.id === 'wu-request' ? { ...entry, url: String(entry.url).replace(':1880', `:${port}`) } : entry,
      );
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
    service.closeAllConnections();
    await new Promise((resolve) => service.close(resolve));
  });

  it('calls a service when mail waits for a phone that sleeps, which then gets it', async () => {
    const camera = await managerOf(red, 'wu-camera');
    const home = await managerOf(red, 'wu-home');
    red.send('wu-off', {});
    await until('the phone sleeps', () => camera.counts().online === 1 && home.counts().online === 1);
    red.send('wu-alert', {});
    const { payload } = await red.wait('wu-answer', () => true);
    assert.equal(payload, 'ok');
    assert.deepEqual(calls, ['POST /wake-up/phone Please go online: 1 message(s) wait.']);
    red.send('wu-connect', {});
    const alert = await red.wait('wu-alerts', () => true);
    assert.deepEqual(
      [alert.payload, alert.topic, alert.friendName],
      ['Motion at the door', 'door', 'Camera'],
    );
  });
});
