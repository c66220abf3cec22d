import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ToxAsyncError } from '../../lib/index';
import { node, probe, storageNode, TAB, WATCH, withChange, without } from './support/flows';
import { managerOf, NodeRed, until, type FlowEntry } from './support/node-red';

const KEY = '3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29';
const OTHER_KEY = '9c5f9313eee8df25f88f5c634c70151f5c16ee9298f83758f950d421dcad5f19';

/** A session with one node that uses it, so that its errors and statuses have a way into the flow. */
const flow = (more: Record<string, unknown> = {}): FlowEntry[] => [
  TAB,
  ...WATCH,
  storageNode('ann', more),
  node('send-async', 'send', 'ann-session', { wires: [['receipts'], []] }),
  probe('receipts'),
];

describe('storage-node', function () {
  let red: NodeRed;
  let holder: ChildProcess | undefined;

  /** Another process that holds the lock of this folder. */
  const hold = async (folder: string) => {
    const script = path.join(__dirname, '../lib/store/support/lock-holder.ts');
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
    await red.deploy(flow());
    const { toxId } = await managerOf(red, 'ann-session');
    await access(path.join(red.userDir, 'node-red-contrib-tox-async', 'ann-session', 'identity.tox'));
    await red.deploy([TAB]);
    await red.deploy(flow());
    assert.equal((await managerOf(red, 'ann-session')).toxId, toxId);
  });

  it('logs its Tox ID when it is new, and no more', async () => {
    const ids = () => red.logOf('ann-session').filter((line) => line.startsWith('New Tox ID'));
    await red.deploy(flow());
    const { toxId } = await managerOf(red, 'ann-session');
    await until('it is logged', () => ids().length > 0);
    await red.deploy([TAB]);
    await red.deploy(flow());
    await managerOf(red, 'ann-session');
    await until('the second start is logged', () => {
      return red.logOf('ann-session').filter((line) => line.startsWith('Engine')).length === 2;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(ids(), [`New Tox ID ${toxId}`]);
  });

  it('uses the folder that it is given', async () => {
    await red.deploy(flow({ dataDir: path.join(red.userDir, 'mine') }));
    await managerOf(red, 'ann-session');
    await access(path.join(red.userDir, 'mine', 'identity.tox'));
  });

  it('tells Catch and Status that another process holds its folder, and opens when that ends', async () => {
    const folder = path.join(red.userDir, 'held');
    await mkdir(folder);
    await hold(folder);
    await red.deploy(flow({ dataDir: folder }));
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

  it('tells Catch and Status that its open session takes nothing new, and that it does again', async () => {
    await red.deploy(flow());
    const manager = await managerOf(red, 'ann-session');
    await red.status('statuses', 'send', 'no transport');
    let problem: ToxAsyncError | undefined = new ToxAsyncError('ErrDirectoryReplaced', 'Put it back.');
    Object.defineProperty(manager, 'problem', { get: () => problem });
    manager.events.emit('changed', undefined);
    await red.caught('errors', 'ann-session', 'ErrDirectoryReplaced');
    await red.status('statuses', 'ann-session', 'error: ErrDirectoryReplaced');
    await red.status('statuses', 'send', 'error: ErrDirectoryReplaced');
    red.probes.clear('statuses');
    problem = undefined;
    manager.events.emit('changed', undefined);
    await red.status('statuses', 'send', 'no transport');
  });

  it('refuses a second storage-node on one folder, also on another tab', async () => {
    const folder = path.join(red.userDir, 'shared');
    const first = flow({ dataDir: folder });
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
    await red.deploy(flow({ dataDir: folder }));
    await red.caught('errors', 'ann-session', 'ErrForeignDirectory');
  });

  it('names the word by which a lost store starts new, and keeps its identity then', async () => {
    const folder = path.join(red.userDir, 'mine');
    await red.deploy(flow({ dataDir: folder, engine: 'nedb' }));
    const { toxId } = await managerOf(red, 'ann-session');
    await red.deploy([TAB, ...WATCH]);
    await rm(path.join(folder, 'store.nedb'));
    await red.deploy(flow({ dataDir: folder }));
    const { error } = await red.caught('errors', 'ann-session', 'ErrStore');
    const startNew = /store-[0-9a-f]{8}/.exec(error.message)?.[0];
    assert.ok(startNew, error.message);
    await red.deploy(flow({ dataDir: folder, startNew }));
    assert.equal((await managerOf(red, 'ann-session')).toxId, toxId);
  });

  it('adds the friends of its list, and removes those that leave it', async () => {
    await red.deploy(flow({ friends: [{ name: 'bob', key: KEY }] }));
    const manager = await managerOf(red, 'ann-session');
    assert.equal(Buffer.from(manager.resolveFriend('bob')).toString('hex'), KEY);
    await red.deploy(flow({ friends: [{ name: 'Robert', key: KEY.toUpperCase() }] }));
    const renamed = await managerOf(red, 'ann-session');
    assert.deepEqual(
      renamed.friends().map(({ name }) => name),
      ['Robert'],
    );
    await red.deploy(flow());
    assert.deepEqual((await managerOf(red, 'ann-session')).friends(), []);
  });

  it('reports a friend that is none to Catch, and takes the others', async () => {
    const friends = [
      { name: 'short', key: 'abc' },
      { name: 'checksum', key: `${KEY}000000001234` },
      { name: 'zero', key: '00'.repeat(32) },
      { name: 'bob', key: KEY },
    ];
    await red.deploy(flow({ friends }));
    await red.caught('errors', 'ann-session', 'ErrInvalidToxId');
    await red.wait('errors', () => red.probes.all('errors').length === 3);
    assert.deepEqual(
      red.probes.all('errors').map(({ error }) => error.code),
      ['ErrInvalidKey', 'ErrInvalidToxId', 'ErrInvalidKey'],
    );
    assert.deepEqual(
      (await managerOf(red, 'ann-session')).friends().map(({ name }) => name),
      ['bob'],
    );
  });

  it('names the variable of a friend that is not set, and takes the others', async () => {
    const carl = { name: 'carl', key: OTHER_KEY };
    for (const entry of [
      { name: 'bob', key: '${TOX_ASYNC_NOT_THERE}' },
      { name: '${TOX_ASYNC_NOT_THERE}', key: KEY },
    ]) {
      red.probes.clear('errors');
      await red.deploy([TAB]);
      await red.deploy(flow({ friends: [entry, carl] }));
      const { error } = await red.caught('errors', 'ann-session', 'ErrEnvironment');
      assert.match(error.message, /Variable TOX_ASYNC_NOT_THERE is not set/);
      const names = (await managerOf(red, 'ann-session')).friends().map(({ name }) => name);
      assert.ok(names.includes('carl'));
    }
  });

  it('removes nobody while an entry of its list is bad, and removes them once it is not', async () => {
    process.env.TOX_ASYNC_TEST_FRIEND = KEY;
    const carl = { name: 'carl', key: OTHER_KEY };
    const names = async () => (await managerOf(red, 'ann-session')).friends().map(({ name }) => name);
    await red.deploy(flow({ friends: [{ name: 'bob', key: '${TOX_ASYNC_TEST_FRIEND}' }, carl] }));
    assert.deepEqual(await names(), ['bob', 'carl']);
    delete process.env.TOX_ASYNC_TEST_FRIEND;
    for (const bad of ['${TOX_ASYNC_TEST_FRIEND}', '', KEY.slice(0, 60), `${KEY}x`]) {
      await red.deploy(flow({ friends: [{ name: 'bob', key: bad }] }));
      assert.deepEqual(await names(), ['bob', 'carl'], `the entry "${bad}"`);
    }
    await red.deploy(flow({ friends: [{ name: 'x'.repeat(129), key: KEY }] }));
    assert.deepEqual(await names(), ['bob', 'carl'], 'a name that is too long');
    await red.deploy(flow({ friends: [{ name: 'bob', key: `tox:${KEY.slice(0, 32)} ${KEY.slice(32)}` }] }));
    assert.deepEqual(await names(), ['bob']);
  });

  it('takes settings from the environment, and says when one is no good', async () => {
    process.env.TOX_ASYNC_TEST_CAP = '2';
    await red.deploy(flow({ cap: '${TOX_ASYNC_TEST_CAP}' }));
    await managerOf(red, 'ann-session');
    process.env.TOX_ASYNC_TEST_CAP = 'a lot';
    await red.deploy([TAB]);
    await red.deploy(flow({ cap: '${TOX_ASYNC_TEST_CAP}' }));
    await red.caught('errors', 'ann-session', 'ErrNotConfigured');
    red.send('send', { payload: 'x', friend: 'bob' });
    await red.caught('errors', 'send', 'ErrNotConfigured');
    delete process.env.TOX_ASYNC_TEST_CAP;
  });

  it('says which entry of the list of who may be a friend is no good', async () => {
    await red.deploy(flow({ admission: 'list', allowed: `${KEY}, nonsense` }));
    const { error } = await red.caught('errors', 'ann-session', 'ErrInvalidKey');
    assert.match(error.message, /"nonsense/);
  });

  describe('with credentials', () => {
    const secretKey = 'a1'.repeat(32);
    const identityFile = (id = 'ann-session') =>
      readFile(path.join(red.userDir, 'node-red-contrib-tox-async', id, 'identity.tox'));

    it('takes its identity from a secret key, and keeps it when the credential goes', async () => {
      await red.deploy(flow({ credentials: { identity: secretKey } }));
      const { toxId } = await managerOf(red, 'ann-session');
      await red.deploy([TAB]);
      await red.deploy(flow({ credentials: { identity: '' } }));
      assert.equal((await managerOf(red, 'ann-session')).toxId, toxId);
    });

    it('takes a Tox profile with its friends, sealed with the passphrase or not', async () => {
      await red.deploy(flow({ friends: [{ name: 'bob', key: KEY }] }));
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
      await red.deploy(flow({ credentials: { passphrase: '${TOX_ASYNC_TEST_PASS}' } }));
      const { toxId } = await managerOf(red, 'ann-session');
      const sealed = await identityFile();
      assert.ok(sealed.subarray(0, 8).equals(Buffer.from('toxEsave')));
      await access(path.join(red.userDir, 'node-red-contrib-tox-async', 'ann-session', 'vault.key'));
      await red.deploy([TAB]);

      process.env.TOX_ASYNC_TEST_PASS = 'wrong';
      await red.deploy(flow({ credentials: { passphrase: '${TOX_ASYNC_TEST_PASS}' } }));
      const { error } = await red.caught('errors', 'ann-session', 'ErrPassphrase');
      assert.ok(!error.message.includes('wrong'));
      await red.status('statuses', 'ann-session', 'error: ErrPassphrase');
      assert.ok((await identityFile()).equals(sealed), 'nothing is replaced');

      process.env.TOX_ASYNC_TEST_PASS = 'correct horse';
      await red.deploy([TAB]);
      await red.deploy(flow({ credentials: { passphrase: '${TOX_ASYNC_TEST_PASS}' } }));
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
        await red.deploy(flow(missing));
        const { error } = await red.caught('errors', 'ann-session', 'ErrEnvironment');
        assert.match(error.message, /Variable TOX_ASYNC_NOT_THERE is not set/);
      }
    });

    it('tells Catch of an identity that is none, and of one that the folder does not have', async () => {
      await red.deploy(flow({ credentials: { identity: 'no key!' } }));
      const { error } = await red.caught('errors', 'ann-session', 'ErrNotConfigured');
      assert.ok(!error.message.includes('no key'));
      await red.deploy(flow({ credentials: { identity: 'abcd' } }));
      await red.caught('errors', 'ann-session', 'ErrInvalidKey');
      await red.deploy(flow({ credentials: { identity: secretKey } }));
      const before = await identityOf();
      await red.deploy(flow({ credentials: { identity: 'b2'.repeat(32) } }));
      await red.caught('errors', 'ann-session', 'ErrIdentityMismatch');
      assert.ok((await identityFile()).equals(before));

      async function identityOf(): Promise<Buffer> {
        await managerOf(red, 'ann-session');
        return identityFile();
      }
    });
  });

  it('closes its session at once when it is removed, and waits for that', async () => {
    await red.deploy(flow());
    const manager = await managerOf(red, 'ann-session');
    await red.deploy(without(flow(), 'ann-session', 'send'));
    await assert.rejects(async () => manager.savePreference('x', 1), { code: 'ErrClosed' });
    const folder = path.join(red.userDir, 'node-red-contrib-tox-async', 'ann-session');
    await hold(folder);
  });

  it('opens its session again when its settings change', async () => {
    await red.deploy(flow());
    const old = await managerOf(red, 'ann-session');
    await red.deploy(withChange(flow(), 'ann-session', { cap: 32 }), 'nodes');
    const next = await managerOf(red, 'ann-session');
    assert.notEqual(next, old);
    assert.equal(next.toxId, old.toxId);
    await assert.rejects(async () => old.savePreference('x', 1), { code: 'ErrClosed' });
  });
});
