import { describeOnTox } from './support/namespace';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tool } from '../../scripts/support/project';
import { BootstrapDaemon } from './support/bootstrap-daemon';
import { freePort } from './support/udp-port';

describeOnTox('npm run check:bootstrap', function () {
  this.timeout(150_000);
  let folder: string;
  let daemon: BootstrapDaemon;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'check-bootstrap-'));
    daemon = await BootstrapDaemon.start();
  });
  after(async () => {
    await daemon.stop();
    await rm(folder, { recursive: true });
  });

  async function check(nodes: readonly object[]): Promise<{ code: number; output: string }> {
    const file = path.join(folder, 'nodes.json');
    await writeFile(file, JSON.stringify({ nodes }));
    return new Promise((resolve) => {
      execFile(tool('tsx'), ['scripts/check-bootstrap.ts', file], (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr });
      });
    });
  }

  it('ends well when every node of the list lets us in', async () => {
    const { code, output } = await check([daemon.node]);
    assert.match(output, /: UDP ok, TCP ok\n1 of 1 nodes/);
    assert.equal(code, 0);
  });

  it('names nodes that do not answer, or are others than their keys say, and fails', async () => {
    const silent = { ...daemon.node, port: await freePort() };
    const other = { ...daemon.node, key: 'AB'.repeat(31) + '01' };
    const { code, output } = await check([silent, daemon.node, other]);
    assert.match(output, new RegExp(`port ${silent.port}: UDP nothing in 60 s, TCP nothing in 60 s`));
    assert.equal(output.match(/nothing in 60 s, TCP nothing in 60 s/g)?.length, 2, output);
    assert.match(output, /1 of 3 nodes/);
    assert.equal(code, 1);
  });

  it('says what is wrong with a list', async () => {
    const { code, output } = await check([{ host: 'tox.example' }]);
    assert.match(output, /nodes\.json cannot be used: node 1 has no "port"/);
    assert.equal(code, 1);
  });
});
