import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SessionView } from '../../../nodes/sidebar/view';
import { eraseFolder } from '../../../nodes/sidebar/erase-folder';
import { AdminApi } from '../support/admin-api';
import { storageNode, TAB, WATCH } from '../support/flows';
import { managerOf, NodeRed, sessionOf } from '../support/node-red';

describe('The data of a session, by the admin routes', function () {
  this.timeout(20_000);
  let red: NodeRed;
  let api: AdminApi;
  const FLOW = [TAB, ...WATCH, storageNode('ann'), storageNode('bob')];
  const toxIdOf = async (id: string) => (await managerOf(red, id)).toxId;

  beforeEach(async () => {
    api = new AdminApi();
    red = await NodeRed.start(FLOW, undefined, api.module);
    for (const id of ['ann-session', 'bob-session']) await managerOf(red, id);
  });

  afterEach(async () => {
    await api.stop();
    await red.stop();
  });

  it('are backed up under a passphrase, as what a new session starts with', async () => {
    const toxId = await toxIdOf('ann-session');
    const short = await api.order('ann-session', 'back-up', { passphrase: '1234567' });
    assert.equal(short.status, 400);
    const { body } = await api.order('ann-session', 'back-up', { passphrase: 'long enough' });
    const { backup } = body as { backup: string };
    assert.ok(!Buffer.from(backup, 'base64').toString('latin1').includes('ann'), 'sealed');

    const restored = storageNode('restored', {
      credentials: { identity: backup, passphrase: 'long enough' },
    });
    await red.deploy([TAB, ...WATCH, restored]);
    assert.equal(await toxIdOf('restored-session'), toxId);
  });

  it('are erased when the name is typed out, and only then', async () => {
    const before = await toxIdOf('ann-session');
    const { folder } = (await api.get<SessionView>('sessions/ann-session')).open ?? assert.fail('open');
    for (const name of ['', 'An', 'bob']) {
      const refused = await api.order('ann-session', 'erase-data', { name });
      assert.equal(refused.status, 400);
    }
    assert.ok(existsSync(path.join(folder.path, 'identity.tox')));
    const { status, body } = await api.order('ann-session', 'erase-data', { name: 'ann' });
    assert.deepEqual([status, body], [200, { folder: folder.path, left: [] }]);
    assert.equal(existsSync(folder.path), false);
    assert.ok(sessionOf(red, 'bob-session').open, 'the others go on');

    await red.deploy(FLOW, 'full');
    assert.notEqual(await toxIdOf('ann-session'), before, 'a new identity');
  });

  it('leaves what is not its own', async () => {
    const folder = path.join(red.userDir, 'shared');
    await mkdir(path.join(folder, 'photos'), { recursive: true });
    for (const name of [
      'vault',
      'vault.old-1a2b3c4d',
      'store.lmdb.old-first',
      'identity.tox',
      'vault.txt',
      'my manifest.json',
    ]) {
      await writeFile(path.join(folder, name), 'x');
    }
    const left = ['my manifest.json', 'photos', 'vault.txt'];
    assert.deepEqual([...(await eraseFolder(folder))].sort(), left);
    assert.deepEqual((await readdir(folder)).sort(), left);
    assert.equal(await readFile(path.join(folder, 'vault.txt'), 'utf8'), 'x');
  });

  it('says of an identity that lies elsewhere that it is still there', async () => {
    const folder = path.join(red.userDir, 'linked');
    const elsewhere = path.join(red.userDir, 'my.tox');
    await mkdir(folder);
    await writeFile(elsewhere, 'secret key');
    await symlink(elsewhere, path.join(folder, 'identity.tox'));
    await symlink(path.join(folder, 'nowhere'), path.join(folder, 'identity.tox.old-1a2b3c4d'));
    assert.deepEqual(await eraseFolder(folder), [await realpath(elsewhere)]);
    assert.equal(existsSync(folder), false);
    assert.equal(await readFile(elsewhere, 'utf8'), 'secret key');
  });
});
