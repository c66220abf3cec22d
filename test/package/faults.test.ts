import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { NodeRedProcess } from '../../scripts/support/node-red/node-red-process';
import { CACHE, ROOT } from '../../scripts/support/project';

const USER_DIR = path.join(CACHE, 'faults-test');
const SABOTEUR = path.join(CACHE, 'saboteur');

/** A node after whose start everything fails that our nodes call of the runtime. */
const SOURCE = `
module.exports = (RED) => {
  function Saboteur(config) {
    RED.nodes.createNode(this, config);
    const base = Object.getPrototypeOf(Saboteur.prototype);
    for (const name of ['status', 'error', 'warn', 'log', 'debug', 'send']) {
      const real = base[name];
      base[name] = function (...args) {
        if (!/-async$|^(storage-node|tox-transport|prekey-exchange)$/.test(this.type)) return real.apply(this, args);
        if (name === 'status') console.log('sabotaged ' + this.type);
        throw new Error('sabotage of ' + name);
      };
    }
  }
  RED.nodes.registerType('saboteur', Saboteur);
};
`;
const DIALOG = `<script type="text/javascript">RED.nodes.registerType('saboteur', { defaults: {} })</script>`;

const place = { z: 'tab', x: 0, y: 0 };
const session = (id: string) => ({
  id,
  type: 'storage-node',
  name: `the ${id}`,
  friends: [],
  role: 'friends',
  cap: 64,
});
const net = (id: string, storageNode: string) => ({
  ...place,
  id,
  type: 'tox-transport',
  storageNode,
  mode: 'virtual',
  wires: [['out']],
});
const FLOW = [
  { id: 'tab', type: 'tab', label: 'test' },
  { ...place, id: 'saboteur', type: 'saboteur', wires: [] },
  session('ann'),
  session('bob'),
  net('ann-net', 'ann'),
  net('bob-net', 'bob'),
  { ...place, id: 'in', type: 'http in', url: '/send', method: 'post', wires: [['send', 'out']] },
  {
    ...place,
    id: 'send',
    type: 'send-async',
    storageNode: 'ann',
    friend: 'the bob',
    wires: [['none'], ['none']],
  },
  { ...place, id: 'receive', type: 'receive-async', storageNode: 'bob', wires: [['none']] },
  { ...place, id: 'keys', type: 'prekey-exchange', storageNode: 'ann', wires: [['none'], ['none']] },
  { ...place, id: 'nobody', type: 'send-async', storageNode: 'gone', wires: [] },
  { ...place, id: 'out', type: 'http response', wires: [] },
  { ...place, id: 'none', type: 'junction', wires: [] },
];

describe('A Node-RED in which everything fails that the nodes call', function () {
  this.timeout(120_000);
  let red: NodeRedProcess;

  before(async () => {
    for (const folder of [USER_DIR, SABOTEUR]) await rm(folder, { recursive: true, force: true });
    await mkdir(SABOTEUR, { recursive: true });
    await writeFile(path.join(SABOTEUR, 'saboteur.js'), SOURCE);
    await writeFile(path.join(SABOTEUR, 'saboteur.html'), DIALOG);
    red = await NodeRedProcess.start({ userDir: USER_DIR, settings: { nodesDir: [ROOT, SABOTEUR] } });
  });

  after(() => red.kill());

  it('goes on, through messages and redeploys, and stops in order', async () => {
    await red.deploy(FLOW);
    for (const type of ['full', 'flows', 'nodes'] as const) {
      for (const payload of ['one', 'two']) await red.request('/send', { method: 'POST', body: payload });
      await red.deploy(FLOW, type);
    }
    assert.ok(red.lines.some(({ text }) => text.includes('sabotaged storage-node')));
    assert.deepEqual(await red.stop(), { code: 0, signal: null });
    const ends = red.lines.filter(({ text }) => /uncaught|unhandled/i.test(text));
    assert.deepEqual(ends, []);
  });
});
