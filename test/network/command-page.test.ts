import { describeOnTox } from './support/namespace';
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { EXIT } from '../../bin/exit-codes';
import { ROOT } from '../../scripts/support/project';
import { readPage } from '../docs/support/pages';
import { shellLines } from '../docs/support/shell-lines';
import { BootstrapDaemon } from './support/bootstrap-daemon';
import { CommandProcess } from './support/command-process';
import { CONNECT_MS, until } from './support/until';

/** They change the machine: test/package/install.test.ts installs the tarball in their place. */
const NOT_RUN = /^(npm install|sudo) /;

/** The first lines of docs/COMMAND.md as somebody types them, with a laptop at the other end. */
describeOnTox('docs/COMMAND.md, on real Tox', function () {
  this.timeout(4 * CONNECT_MS);
  let daemon: BootstrapDaemon;
  let folder: string;
  let shell: ChildProcess | undefined;
  const started: CommandProcess[] = [];

  const envOf = (who: string) => ({
    TOX_ASYNC_DATA: path.join(folder, who),
    TOX_ASYNC_BOOTSTRAP: path.join(folder, 'nodes.json'),
  });
  const laptop = (...args: string[]) => {
    const command = new CommandProcess(args, envOf('laptop'));
    started.push(command);
    return command;
  };
  const done = async (command: CommandProcess) => {
    assert.equal(await command.ended(), EXIT.ok, command.err);
    return command.out;
  };

  before(async () => {
    daemon = await BootstrapDaemon.start();
    folder = await mkdtemp(path.join(os.tmpdir(), 'tox-page-'));
    await writeFile(path.join(folder, 'nodes.json'), JSON.stringify({ nodes: [daemon.node] }));
    await mkdir(path.join(folder, 'bin'));
    const program = `#!/bin/sh\ncd ${ROOT} && exec "${process.execPath}" --require tsx/cjs bin/tox-async.ts "$@"\n`;
    await writeFile(path.join(folder, 'bin/tox-async'), program, { mode: 0o755 });
  });

  after(async () => {
    shell?.kill();
    await Promise.all(started.map((command) => command.terminate()));
    await daemon.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('does with its first lines what it says: a message comes to a laptop', async () => {
    const toxId = (await done(laptop('init'))).trim();
    const serving = laptop('serve');
    await serving.says(/Serving/);
    const lines = shellLines(readPage('docs/COMMAND.md').text).filter((line) => !NOT_RUN.test(line));
    assert.equal(lines.length, 5);
    const PATH = `${path.join(folder, 'bin')}:${process.env.PATH ?? ''}`;
    const bash = spawn('bash', ['--norc', '-eu'], { env: { ...process.env, ...envOf('sensor'), PATH } });
    shell = bash;
    const closed = once(bash, 'close');
    let out = '';
    for (const stream of [bash.stdout, bash.stderr]) {
      stream.on('data', (text: Buffer) => (out += String(text)));
    }
    bash.stdin.write("trap 'kill $(jobs -p) || true' EXIT\n");
    for (const line of lines) {
      bash.stdin.write(`${line.replace('TOX-ID', toxId)}\n`);
      // Whoever types the next line has seen that it serves.
      if (line.endsWith('&'))
        await until(
          () => `it serves: ${out}`,
          () => out.includes('Serving'),
        );
    }
    bash.stdin.end();
    const offer = await serving.says(/friends accept [0-9a-f]{64}/, CONNECT_MS);
    const [, , key = ''] = offer.split(' ');
    await done(laptop('friends', 'accept', key, '--name', 'Sensor'));
    const received = JSON.parse(await done(laptop('receive', '--json', '--once'))) as Record<string, unknown>;
    assert.deepEqual([received.topic, received.text], ['leak', 'Water in the cellar']);
    await closed;
    assert.equal(bash.exitCode, 0, out);
    assert.match(out, /^delivered$/m);
  });
});
