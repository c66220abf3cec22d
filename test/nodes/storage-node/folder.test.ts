import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { annFlow, node, probe, storageNode, TAB, WATCH, without } from '../support/flows';
import { managerOf, NodeRed } from '../support/node-red';

describe('storage-node', function () {
  let red: NodeRed;
  let holder: ChildProcess | undefined;

  /** Another process that holds the lock of this folder. */
  const hold = async (folder: string) => {
    const script = path.join(__dirname, '../../lib/store/support/lock-holder.ts');
    holder = spawn(process.execPath, ['--require', 'tsx/cjs', script, folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const { stdin, stdout } = holder;
    assert.ok(stdin !== null && stdout !== null);
    await once(stdout, 'data');
    stdin.write('go\n');
    assert.equal(String((await once(stdout, 'data'))[0]), 'held\n');
  };

  beforeEach(async () => {
    red = await NodeRed.start([TAB, ...WATCH]);
  });

  afterEach(async () => {
    holder?.kill('SIGKILL');
    holder = undefined;
    await red.stop();
  });

  it("makes its identity in a folder of its own below the user's, and keeps it", async () => {
    await red.deploy(annFlow());
    const { toxId } = await managerOf(red, 'ann-session');
    await access(path.join(red.userDir, 'node-red-contrib-tox-async', 'ann-session', 'identity.tox'));
    await red.deploy([TAB]);
    await red.deploy(annFlow());
    assert.equal((await managerOf(red, 'ann-session')).toxId, toxId);
  });

  it('uses the folder that it is given', async () => {
    await red.deploy(annFlow({ dataDir: path.join(red.userDir, 'mine') }));
    await managerOf(red, 'ann-session');
    await access(path.join(red.userDir, 'mine', 'identity.tox'));
  });

  it('tells Catch and Status that another process holds its folder, and opens when that ends', async () => {
    const folder = path.join(red.userDir, 'held');
    await mkdir(folder);
    await hold(folder);
    await red.deploy(annFlow({ dataDir: folder }));
    const { error } = await red.caught('errors', 'ann-session', 'ErrIdentityInUse');
    assert.match(error.message, /\S/);
    await red.status('statuses', 'ann-session', 'error: ErrIdentityInUse');
    await red.status('statuses', 'send', 'error: ErrIdentityInUse');

    red.send('send', { payload: 'x', friend: 'bob' });
    await red.caught('errors', 'send', 'ErrIdentityInUse');

    holder?.kill('SIGKILL');
    await red.status('statuses', 'ann-session', 'no transport');
    const reports = red.probes.all('errors').filter(({ error: each }) => each.source.id === 'ann-session');
    assert.equal(reports.length, 1, 'each attempt that fails for the same reason is not an error of its own');
  });

  it('refuses a second storage-node on one folder, also on another tab', async () => {
    const folder = path.join(red.userDir, 'shared');
    const first = annFlow({ dataDir: folder });
    await red.deploy(first);
    await managerOf(red, 'ann-session');
    await red.deploy([
      ...first,
      { id: 'tab-2', type: 'tab', label: 'second' },
      storageNode('bob', { dataDir: folder }),
      { ...node('send-async', 'send-2', 'bob-session'), z: 'tab-2' },
      { ...probe('errors-2'), z: 'tab-2' },
      { id: 'catch-2', type: 'catch', z: 'tab-2', x: 0, y: 0, scope: null, wires: [['errors-2']] },
    ]);
    await red.caught('errors-2', 'bob-session', 'ErrIdentityInUse');
    red.send('send', { _msgid: 'first', payload: 'x', friend: 'nobody' });
    assert.equal(
      (await red.wait('errors', ({ _msgid }) => _msgid === 'first')).error.code,
      'ErrUnknownFriend',
      'the first session goes on',
    );
  });

  it('tells Catch that its folder holds something else', async () => {
    const folder = path.join(red.userDir, 'photos');
    await mkdir(folder);
    await writeFile(path.join(folder, 'cat.jpg'), 'meow');
    await red.deploy(annFlow({ dataDir: folder }));
    await red.caught('errors', 'ann-session', 'ErrForeignDirectory');
  });

  it('names the word by which a lost store starts new, and keeps its identity then', async () => {
    const folder = path.join(red.userDir, 'mine');
    await red.deploy(annFlow({ dataDir: folder, engine: 'nedb' }));
    const { toxId } = await managerOf(red, 'ann-session');
    await red.deploy([TAB, ...WATCH]);
    await rm(path.join(folder, 'store.nedb'));
    await red.deploy(annFlow({ dataDir: folder }));
    const { error } = await red.caught('errors', 'ann-session', 'ErrStore');
    const startNew = /store-[0-9a-f]{8}/.exec(error.message)?.[0];
    assert.ok(startNew, error.message);
    await red.deploy(annFlow({ dataDir: folder, startNew }));
    assert.equal((await managerOf(red, 'ann-session')).toxId, toxId);
  });

  it('closes its session at once when it is removed, and waits for that', async () => {
    await red.deploy(annFlow());
    const manager = await managerOf(red, 'ann-session');
    await red.deploy(without(annFlow(), 'ann-session', 'send'));
    await assert.rejects(async () => manager.savePreference('x', 1), { code: 'ErrClosed' });
    const folder = path.join(red.userDir, 'node-red-contrib-tox-async', 'ann-session');
    await hold(folder);
  });
});
