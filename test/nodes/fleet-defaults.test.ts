import assert from 'node:assert/strict';
import path from 'node:path';
import { fleetDefaults, filled } from '../../nodes/runtime/settings/fleet-defaults';
import { sessionSettings } from '../../nodes/storage-node/storage-node-settings';
import { toxTransportSettings } from '../../nodes/tox-transport/tox-transport-settings';
import { storageNode, TAB, WATCH } from './support/flows';
import { NodeRed, sessionOf } from './support/node-red';

const KEY = 'ab'.repeat(32);
const of = (more: object) => ({ id: 'n1', type: 'x', name: 'box', z: '', ...more });

describe('toxAsync in settings.js', () => {
  it('may be missing, and is refused with a setting that does not exist', () => {
    assert.deepEqual(fleetDefaults({} as never), {});
    for (const toxAsync of [null, [], 'x', { proxi: 'none' }]) {
      assert.throws(() => fleetDefaults({ toxAsync } as never), { code: 'ErrNotConfigured' });
    }
  });

  it('fills what a dialog leaves blank, and nothing else', () => {
    const config = { a: '', b: 'own', c: [], d: 0, e: undefined, f: false };
    const all = { a: 1, b: 2, c: ['x'], d: 4, e: 5, f: true };
    assert.deepEqual(filled(config, all), { a: 1, b: 'own', c: ['x'], d: 0, e: 5, f: false });
    assert.deepEqual(filled({ a: '' }, { a: undefined }), { a: '' });
  });

  it('gives each session a folder of its own, friends, a passphrase, a role and a limit', () => {
    const defaults = {
      dataDir: '/srv/tox',
      friends: [{ name: 'home', key: KEY }],
      passphrase: 'from settings.js',
      storageRole: 'off',
      storageCap: 5,
      engine: 'nedb',
    };
    const blank = sessionSettings(of({ role: '', cap: '', engine: '', friends: [] }), {}, '/user', defaults);
    assert.equal(blank.dataDir, path.normalize('/srv/tox/n1'));
    assert.deepEqual(blank.friends, [{ name: 'home', key: KEY }]);
    assert.equal(blank.passphrase, 'from settings.js');
    assert.deepEqual([blank.storageRole, blank.storageCapBytes, blank.engine], ['off', 5_000_000, 'nedb']);
    const own = sessionSettings(
      of({ dataDir: 'mine', role: 'friends', cap: '7', engine: 'auto', friends: [{ name: 'b', key: KEY }] }),
      { passphrase: 'own' },
      '/user',
      defaults,
    );
    assert.equal(own.dataDir, path.resolve('/user/mine'));
    assert.deepEqual(own.friends, [{ name: 'b', key: KEY }]);
    assert.equal(own.passphrase, 'own');
    assert.deepEqual([own.storageRole, own.storageCapBytes, own.engine], ['friends', 7_000_000, 'auto']);
  });

  it('gives each tox-transport a proxy, as a whole, and bootstrap nodes', () => {
    const settings = (more: object, proxy: unknown) =>
      toxTransportSettings(of({ mode: 'libtoxcore', ...more }), '/user', { proxy, bootstrap: 'nodes.json' });
    const proxyOf = (more: object, proxy: unknown) => {
      const found = settings(more, proxy);
      return found.mode === 'libtoxcore' ? found.toxcore.proxy : undefined;
    };
    const tor = { type: 'socks5', host: '127.0.0.1', port: 9150 };
    assert.deepEqual(proxyOf({ proxy: '', proxyHost: 'left over' }, 'socks5://127.0.0.1:9150'), tor);
    assert.deepEqual(proxyOf({}, 'http://[::1]'), { type: 'http', host: '::1', port: 8080 });
    assert.equal(proxyOf({ proxy: 'none' }, 'socks5://127.0.0.1:9150'), undefined, 'the dialog says none');
    const found = settings({}, undefined);
    assert.equal(found.mode === 'libtoxcore' && found.bootstrapFile, path.resolve('/user/nodes.json'));
  });

  it('is refused with values that are none', () => {
    for (const bad of [
      { friends: 'home' },
      { storageCap: 'much' },
      { storageRole: 'maybe' },
      { dataDir: '${BASE}/tox' },
    ]) {
      assert.throws(() => sessionSettings(of({}), {}, '/user', bad), { code: 'ErrNotConfigured' });
    }
    for (const proxy of ['tor', 'socks4://x:1', 'socks5://', 'http://host:99999']) {
      assert.throws(() => toxTransportSettings(of({ mode: 'libtoxcore' }), '/user', { proxy }), {
        code: 'ErrNotConfigured',
      });
    }
  });

  it('reaches the sessions of a running Node-RED', async () => {
    const toxAsync = { friends: [{ name: 'home', key: KEY }], storageCap: 9 };
    const red = await NodeRed.startWith({ toxAsync }, [TAB, ...WATCH]);
    try {
      await red.deploy([TAB, ...WATCH, storageNode('ann', { cap: '' })]);
      const { friends, storageCapBytes } = sessionOf(red, 'ann-session').settings;
      assert.deepEqual([friends, storageCapBytes], [toxAsync.friends, 9_000_000]);
    } finally {
      await red.stop();
    }
  });
});
