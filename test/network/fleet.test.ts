import { describeOnTox } from './support/namespace';
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { EXIT } from '../../bin/exit-codes';
import { fromHex, toHex } from '../../lib/bytes';
import { chooseCryptoProvider } from '../../lib/index';
import { mailboxOf } from '../../lib/protocol/names';
import { mayRunPostgres } from '../../scripts/support/postgres-programs';
import { PostgresServer, quickFolder } from '../../scripts/support/postgres-server';
import { BootstrapDaemon } from './support/bootstrap-daemon';
import { CommandProcess } from './support/command-process';
import { CONNECT_MS, until } from './support/until';

/** Where no PostgreSQL can run it is skipped, as the tests on it are. */
const describeFleet: typeof describeOnTox = mayRunPostgres()
  ? describeOnTox
  : (title, tests) => describe.skip(`${title} (skipped: needs PostgreSQL)`, tests);

/** Who is a friend of whom: the sender and the recipient have no node in common. */
const FRIENDS: readonly (readonly [string, string])[] = [
  ['sender', 'recipient'],
  ['sender', 'node-a'],
  ['recipient', 'node-b'],
  ['recipient', 'node-c'],
];
const NODES = ['node-a', 'node-b', 'node-c'];

/** Each the command in a process of its own. */
describeFleet('a fleet of three storage nodes on one PostgreSQL, on real Tox', function () {
  this.timeout(3 * CONNECT_MS);
  let daemon: BootstrapDaemon;
  let server: PostgresServer;
  let folder: string;
  const keys = new Map<string, string>();
  const serving = new Map<string, CommandProcess>();

  const run = (who: string, ...args: string[]) =>
    new CommandProcess(args, {
      TOX_ASYNC_DATA: path.join(folder, who),
      TOX_ASYNC_BOOTSTRAP: path.join(folder, 'nodes.json'),
    });
  const done = async (command: CommandProcess) => {
    assert.equal(await command.ended(), EXIT.ok, command.err);
    return command.out.trim();
  };
  const serve = async (who: string, ...args: string[]) => {
    const command = run(who, 'serve', ...args);
    serving.set(who, command);
    await command.says(/Serving/);
  };
  const stop = async (who: string) => {
    await serving.get(who)?.terminate();
    serving.delete(who);
  };
  const count = async (what: string) => {
    const [row] = await server.sql(`SELECT count(*)::int AS n FROM tox_async.${what}`);
    return row?.n;
  };
  /** Not what the recipient leaves there in its turn: the receipt, for a sender who is away. */
  const mailForRecipient = () => {
    const mailbox = mailboxOf(chooseCryptoProvider(), fromHex(keys.get('recipient') ?? '') ?? assert.fail());
    return count(`mail WHERE mailbox = '\\x${toHex(mailbox)}'`);
  };

  before(async () => {
    daemon = await BootstrapDaemon.start();
    server = await PostgresServer.create([], await quickFolder());
    folder = await mkdtemp(path.join(os.tmpdir(), 'tox-fleet-'));
    const file = (name: string) => path.join(folder, name);
    await writeFile(file('nodes.json'), JSON.stringify({ nodes: [daemon.node] }));
    await writeFile(file('url'), server.urlOf());
    const everybody = ['sender', 'recipient', ...NODES];
    const make = async (who: string) => keys.set(who, (await done(run(who, 'init'))).slice(0, 64));
    await Promise.all(everybody.map(make));
    const keyOf = (who: string) => keys.get(who) ?? assert.fail(who);
    // A directory is open in one process at a time.
    const befriend = async (who: string) => {
      for (const pair of FRIENDS.filter((each) => each.includes(who))) {
        const friend = pair.find((each) => each !== who) ?? assert.fail();
        await done(run(who, 'friends', 'accept', keyOf(friend), '--name', friend));
      }
    };
    await Promise.all(everybody.map(befriend));
    await done(run('operator', 'fleet', 'init', file('fleet.json'), '2'));
    const round = await done(run('operator', 'fleet', 'certify', file('fleet.json'), ...NODES.map(keyOf)));
    await writeFile(file('round'), round, { mode: 0o600 });
    const options = (who: string) =>
      NODES.includes(who) ? ['--database', file('url'), '--fleet', file('round')] : [];
    await Promise.all(everybody.map((who) => serve(who, ...options(who))));
  });

  after(async () => {
    for (const who of serving.keys()) await stop(who);
    await daemon.stop();
    await server.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it('serves two users who have no node in common', async () => {
    const send = (text: string, wait: string) =>
      done(run('sender', 'send', 'recipient', text, '--wait', wait, '--timeout', '240'));
    assert.equal(await send('We have met', 'delivered'), 'delivered');
    assert.equal(await count('fleet_nodes'), 3);
    await stop('recipient');
    // A node's certificate comes in its session, and may come after its answer to the first message.
    assert.match(await send('The pump has stopped', 'stored'), /^stored on [12] of 3 /);
    assert.match(await send('Water in the cellar', 'stored'), /^stored on 2 of 3 /);
    assert.equal(
      await mailForRecipient(),
      2,
      'one copy of each, which counts for two as the certificate says',
    );
  });

  it('gives the mail at another node when the sender and the node that took it are gone', async () => {
    await stop('sender');
    await stop('node-a');
    await serve('recipient');
    const texts: string[] = [];
    while (!texts.includes('Water in the cellar')) {
      const received = await done(run('recipient', 'receive', '--json', '--once', '--timeout', '240'));
      texts.push((JSON.parse(received) as { text: string }).text);
    }
    assert.deepEqual(texts, ['We have met', 'The pump has stopped', 'Water in the cellar']);
    await until(
      () => 'the mail is deleted',
      async () => (await mailForRecipient()) === 0,
    );
  });
});
