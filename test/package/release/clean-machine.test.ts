import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { MANIFEST } from '../../../scripts/support/project';
import { run } from '../../../scripts/support/run';
import { packed } from '../support/package-under-test';

/** Two sessions on a virtual network: one sends to the other. */
const PROGRAM = `
const { AsyncManager, VirtualNetwork, systemPlatform } = require('${MANIFEST.name}');
async function main() {
  const network = new VirtualNetwork(systemPlatform);
  const [ann, bob] = await Promise.all(['ann', 'bob'].map(async (name) => {
    const manager = await AsyncManager.create({ dataDir: process.cwd() + '/' + name });
    await manager.attachTransport(network.join({ publicKey: manager.publicKey, name }));
    await manager.start();
    return manager;
  }));
  const came = new Promise((resolve) => bob.setMessageHandler(({ content }) => { resolve(content); }));
  await ann.waitForKeys(bob.publicKey);
  await ann.sendAsyncMessage(bob.publicKey, 'Water in the cellar');
  console.log(await came, ann.engineName, ann.providerName);
  await Promise.all([ann.stop(), bob.stop()]);
}
main();
`;

/** No native part is there: npm was asked for none, and no script may run. */
describe('The package on a machine that has nothing but Node.js and npm', function () {
  this.timeout(240_000);
  /** Outside of this project, whose own packages would be found. */
  let machine: string;
  const node = (...args: string[]) => {
    const env = { HOME: path.join(machine, 'home'), NODE_OPTIONS: '', NODE_PATH: '' };
    return run(process.execPath, args, { cwd: machine, quiet: true, env, limitMs: 100_000 });
  };

  before(async () => {
    const { tarball } = await packed();
    machine = await mkdtemp(path.join(os.tmpdir(), 'tox-clean-'));
    await mkdir(path.join(machine, 'home'));
    await writeFile(path.join(machine, 'package.json'), '{"private":true}');
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel', 'error'];
    await run('npm', ['install', '--omit=optional', ...flags, tarball], { cwd: machine, quiet: true });
  });

  after(() => rm(machine, { recursive: true, force: true }));

  it('is installed without one native part', () => {
    const modules = path.join(machine, 'node_modules');
    for (const name of Object.keys(MANIFEST.optionalDependencies)) {
      assert.equal(existsSync(path.join(modules, name)), false, name);
    }
    const native = readdirSync(modules, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.node'),
    );
    assert.deepEqual(native, []);
  });

  it('carries a message from one session to another', async () => {
    assert.equal(await node('-e', PROGRAM), 'Water in the cellar nedb portable\n');
  });

  it('has the command, which makes a session and says what a real network needs', async () => {
    const command = path.join(machine, 'node_modules', MANIFEST.name, 'dist/bin/tox-async.js');
    const made = await node(command, 'init');
    assert.match(made, /^[0-9A-F]{76}\n$/);
    assert.equal(await node(command, 'id'), made);
    await assert.rejects(node(command, 'serve'), /ended with code 69[^]*koffi/);
  });
});
