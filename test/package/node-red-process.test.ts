import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { NodeRedProcess } from '../../scripts/support/node-red/node-red-process';
import { CACHE } from '../../scripts/support/project';

const FLOW = [
  { id: 'tab', type: 'tab', label: 'ping' },
  { id: 'in', z: 'tab', type: 'http in', url: '/ping', method: 'get', wires: [['fill']] },
  {
    id: 'fill',
    z: 'tab',
    type: 'change',
    rules: [{ t: 'set', p: 'payload', pt: 'msg', to: 'pong', tot: 'str' }],
    wires: [['out']],
  },
  { id: 'out', z: 'tab', type: 'http response', wires: [] },
];

describe('The Node-RED that tests and the demo start', function () {
  this.timeout(90_000);
  let userDir: string;
  let red: NodeRedProcess | undefined;

  beforeEach(async () => {
    await mkdir(CACHE, { recursive: true });
    userDir = await mkdtemp(path.join(CACHE, 'node-red-'));
    red = undefined;
  });

  afterEach(async () => {
    await red?.kill();
    await rm(userDir, { recursive: true, force: true });
  });

  it('listens on this machine only, runs a deployed flow, and stops in order', async () => {
    red = await NodeRedProcess.start({ userDir });
    assert.match(red.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    await red.deploy(FLOW);
    assert.equal(await (await red.request('/ping')).text(), 'pong');
    assert.deepEqual(await red.stop(), { code: 0, signal: null });
    assert.ok(red.lines.some(({ text }) => text.includes('Stopped flows')));
  });

  it('dies without a word when killed, and starts again with the flows it had', async () => {
    red = await NodeRedProcess.start({ userDir });
    await red.deploy(FLOW);
    const mark = red.lines.length;
    assert.deepEqual(await red.kill(), { code: null, signal: 'SIGKILL' });
    assert.deepEqual(red.lines.slice(mark), []);
    red = await NodeRedProcess.start({ userDir });
    assert.equal(await (await red.request('/ping')).text(), 'pong');
  });

  it('fails a wait for a line when the process ends first, and shows the log', async () => {
    red = await NodeRedProcess.start({ userDir });
    const wait = assert.rejects(red.waitForLog(/never written/), /ended \(SIGKILL\).*[\s\S]*Started flows/);
    await red.kill();
    await wait;
  });

  it('refuses flows with a node type that is not there', async () => {
    red = await NodeRedProcess.start({ userDir });
    await assert.rejects(red.deploy([{ id: 'a', type: 'no-such-type' }]), /types are missing/);
  });

  it('reports a runtime that cannot listen', async () => {
    red = await NodeRedProcess.start({ userDir });
    const settings = { uiPort: Number(new URL(red.url).port) };
    const second = path.join(userDir, 'second');
    await assert.rejects(NodeRedProcess.start({ userDir: second, settings }), /ended \(code 1\)/);
  });
});
