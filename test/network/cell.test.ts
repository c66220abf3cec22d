import { describeOnTox } from './support/namespace';
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { EXIT } from '../../bin/exit-codes';
import { BootstrapDaemon } from './support/bootstrap-daemon';
import { CommandProcess } from './support/command-process';
import { CONNECT_MS } from './support/until';

/** A collector, the storage node of its cell, and devices: each the command in processes of its own. */
describeOnTox('a cell, on real Tox', function () {
  this.timeout(3 * CONNECT_MS);
  let daemon: BootstrapDaemon;
  let folder: string;
  /** Of the file with the URI. */
  let uri: string;
  const started: CommandProcess[] = [];

  const run = (who: string, ...args: string[]) => {
    const command = new CommandProcess(args, {
      TOX_ASYNC_DATA: path.join(folder, who),
      TOX_ASYNC_BOOTSTRAP: path.join(folder, 'nodes.json'),
    });
    started.push(command);
    return command;
  };
  const done = async (command: CommandProcess) => {
    assert.equal(await command.ended(), EXIT.ok, command.err);
    return command.out.trim();
  };
  const friendsOf = async (who: string) => (await done(run(who, 'friends'))).split('\n');

  before(async () => {
    daemon = await BootstrapDaemon.start();
    folder = await mkdtemp(path.join(os.tmpdir(), 'tox-cell-'));
    await writeFile(path.join(folder, 'nodes.json'), JSON.stringify({ nodes: [daemon.node] }));
    const token = await done(run('collector', 'cell', 'token'));
    const tokens = path.join(folder, 'tokens');
    await writeFile(tokens, `${token} 2126-01-01\n`);
    const collector = await done(run('collector', 'init'));
    const node = await done(run('node', 'init'));
    await done(run('collector', 'friends', 'accept', node.slice(0, 64), '--name', 'node'));
    await done(run('node', 'friends', 'accept', collector.slice(0, 64), '--name', 'collector'));
    uri = path.join(folder, 'cell.uri');
    const made = run('collector', 'cell', 'uri', '--join-tokens', tokens, `${collector},${node}`);
    await writeFile(uri, await done(made));
    for (const who of ['collector', 'node']) {
      await run(who, 'serve', '--join-tokens', tokens, '--friends-cap', '2').says(/Serving/);
    }
  });

  after(async () => {
    await Promise.all(started.map((command) => command.terminate()));
    await daemon.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('takes a device without a person, and hears of its readings', async () => {
    assert.match(await done(run('device', 'init', '--join', uri)), /^[0-9A-F]{76}$/);
    await run('device', 'serve').says(/Serving/);
    const receiving = run('collector', 'receive', '--json', '--once');
    const sent = run('device', 'send', 'collector', '21.5', '--wait', 'delivered', '--timeout', '180');
    assert.equal(await done(sent), 'delivered');
    assert.equal((JSON.parse(await done(receiving)) as { text: string }).text, '21.5');
  });

  it('has a storage node that took the device as well', async () => {
    let lines = await friendsOf('node');
    for (const end = Date.now() + CONNECT_MS; lines.length < 2 && Date.now() < end;) {
      await setTimeout(1000);
      lines = await friendsOf('node');
    }
    assert.equal(lines.length, 2, lines.join());
  });

  it('asks a person about a device that comes when it is full', async () => {
    await done(run('late', 'init', '--join', uri));
    await run('late', 'serve').says(/Serving/);
    const collector = started.find((command) => /Serving/.test(command.out));
    await collector?.says(/Friend request from [0-9a-f]{64}: "join:/, CONNECT_MS);
    const friends = await friendsOf('collector');
    assert.deepEqual(
      friends.map((line) => / asks to be a friend: /.test(line)),
      [false, false, true],
    );
  });
});
