import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { annFlow, storageNode, STRANGER, TAB, WATCH } from '../support/flows';
import { managerOf, NodeRed } from '../support/node-red';

describe('storage-node', function () {
  let red: NodeRed;

  beforeEach(async () => {
    red = await NodeRed.start([TAB, ...WATCH]);
  });

  afterEach(() => red.stop());

  describe('with credentials', () => {
    const secretKey = 'a1'.repeat(32);
    const identityFile = (id = 'ann-session') =>
      readFile(path.join(red.userDir, 'node-red-contrib-tox-async', id, 'identity.tox'));

    it('takes its identity from a secret key, and keeps it when the credential goes', async () => {
      await red.deploy(annFlow({ credentials: { identity: secretKey } }));
      const { toxId } = await managerOf(red, 'ann-session');
      await red.deploy([TAB]);
      await red.deploy(annFlow({ credentials: { identity: '' } }));
      assert.equal((await managerOf(red, 'ann-session')).toxId, toxId);
    });

    it('takes a Tox profile with its friends, sealed with the passphrase or not', async () => {
      await red.deploy(annFlow({ friends: [{ name: 'bob', key: STRANGER }] }));
      const manager = await managerOf(red, 'ann-session');
      const profile = Buffer.from(await manager.exportIdentity('correct horse')).toString('base64');
      await red.deploy([TAB]);
      const identity = `${profile.slice(0, 70)}\n${profile.slice(70)}`;
      await red.deploy([
        TAB,
        ...WATCH,
        storageNode('copy', { credentials: { identity, passphrase: 'correct horse' } }),
      ]);
      const copy = await managerOf(red, 'copy-session');
      assert.equal(copy.toxId, manager.toxId);
      assert.deepEqual(
        copy.friends().map(({ name }) => name),
        ['bob'],
      );
    });

    it('seals its folder with the passphrase, which may come from the environment', async () => {
      process.env.TOX_ASYNC_TEST_PASS = 'correct horse';
      await red.deploy(annFlow({ credentials: { passphrase: '${TOX_ASYNC_TEST_PASS}' } }));
      const { toxId } = await managerOf(red, 'ann-session');
      const sealed = await identityFile();
      assert.ok(sealed.subarray(0, 8).equals(Buffer.from('toxEsave')));
      await access(path.join(red.userDir, 'node-red-contrib-tox-async', 'ann-session', 'vault.key'));
      await red.deploy([TAB]);

      process.env.TOX_ASYNC_TEST_PASS = 'wrong';
      await red.deploy(annFlow({ credentials: { passphrase: '${TOX_ASYNC_TEST_PASS}' } }));
      const { error } = await red.caught('errors', 'ann-session', 'ErrPassphrase');
      assert.ok(!error.message.includes('wrong'));
      await red.status('statuses', 'ann-session', 'error: ErrPassphrase');
      assert.ok((await identityFile()).equals(sealed), 'nothing is replaced');

      process.env.TOX_ASYNC_TEST_PASS = 'correct horse';
      await red.deploy([TAB]);
      await red.deploy(annFlow({ credentials: { passphrase: '${TOX_ASYNC_TEST_PASS}' } }));
      assert.equal((await managerOf(red, 'ann-session')).toxId, toxId);
      delete process.env.TOX_ASYNC_TEST_PASS;
    });

    it('seals nothing with the name of a variable that is not there, and opens no folder of that name', async () => {
      for (const missing of [
        { credentials: { passphrase: '${TOX_ASYNC_NOT_THERE}' } },
        { credentials: { identity: '${TOX_ASYNC_NOT_THERE}' } },
        { dataDir: '${TOX_ASYNC_NOT_THERE}' },
      ]) {
        red.probes.clear('errors');
        await red.deploy([TAB]);
        await red.deploy(annFlow(missing));
        const { error } = await red.caught('errors', 'ann-session', 'ErrEnvironment');
        assert.match(error.message, /Variable TOX_ASYNC_NOT_THERE is not set/);
      }
    });

    it('tells Catch of an identity that is none, and of one that the folder does not have', async () => {
      await red.deploy(annFlow({ credentials: { identity: 'no key!' } }));
      const { error } = await red.caught('errors', 'ann-session', 'ErrNotConfigured');
      assert.ok(!error.message.includes('no key'));
      await red.deploy(annFlow({ credentials: { identity: 'abcd' } }));
      await red.caught('errors', 'ann-session', 'ErrInvalidKey');
      await red.deploy(annFlow({ credentials: { identity: secretKey } }));
      const before = await identityOf();
      await red.deploy(annFlow({ credentials: { identity: 'b2'.repeat(32) } }));
      await red.caught('errors', 'ann-session', 'ErrIdentityMismatch');
      assert.ok((await identityFile()).equals(before));

      async function identityOf(): Promise<Buffer> {
        await managerOf(red, 'ann-session');
        return identityFile();
      }
    });
  });
});
