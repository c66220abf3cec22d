import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { createPortableProvider } from '../../lib/crypto/providers/portable';
import { ToxAsyncError } from '../../lib/errors';
import { AsyncManager } from '../../lib/manager/async-manager';
import { makeScratch } from '../lib/store/support/scratch';

const keyOf = (n: number) => createPortableProvider().keyPairFromSecret(new Uint8Array(32).fill(n)).publicKey;

describe('a data directory that lost a part, and what SECURITY.md says of it', function () {
  this.timeout(60_000);
  let scratch: ReturnType<typeof makeScratch>;
  let dataDir: string;
  let toxId: string;
  const place = (name: string) => path.join(dataDir, name);

  beforeEach(async () => {
    scratch = makeScratch();
    dataDir = path.join(scratch.path, 'session');
    toxId = await inSession(async (manager) => {
      await manager.addFriend(keyOf(1), 'Bob');
      await manager.sendAsyncMessage(keyOf(1), 'first');
      return manager.toxId;
    });
  });

  afterEach(() => scratch.remove());

  async function inSession<T>(
    work: (manager: AsyncManager) => T | Promise<T>,
    options: { startNew?: string } = {},
  ): Promise<T> {
    const manager = await AsyncManager.create({ dataDir, engine: 'nedb', ...options });
    try {
      return await work(manager);
    } finally {
      await manager.stop();
    }
  }

  const names = (manager: AsyncManager) => manager.friends().map(({ name }) => name);

  /** The word with which it would start new. */
  async function wordOf(code: 'ErrStore' | 'ErrIdentityFile'): Promise<string> {
    const error: unknown = await inSession(() => assert.fail('it opened')).catch((cause: unknown) => cause);
    assert.ok(ToxAsyncError.is(error, code), String(error));
    const word = /\b(?:store|identity)-[0-9a-f]{8}\b/.exec(error.message)?.[0];
    assert.ok(word, error.message);
    return word;
  }

  it('starts new under another Tox ID when its identity is gone and the user says so, and keeps what was there', async () => {
    rmSync(place('identity.tox'));
    const word = await wordOf('ErrIdentityFile');
    await assert.rejects(inSession(() => undefined, { startNew: 'identity-00000000' }));
    const id = await inSession((manager) => [manager.toxId, names(manager)] as const, { startNew: word });
    assert.notEqual(id[0], toxId);
    assert.deepEqual(id[1], []);
    assert.ok(readdirSync(dataDir).some((name) => /^store\.nedb\.old-[0-9a-f]{8}$/.test(name)));
    assert.equal(await inSession((manager) => manager.toxId), id[0], 'the next start needs no word');
  });

  it('goes on with what is left of a store that was cut off when the user says so', async () => {
    await inSession((manager) => manager.sendAsyncMessage(keyOf(1), 'second'));
    const lines = readFileSync(place('store.nedb'), 'utf8').split('\n');
    writeFileSync(place('store.nedb'), `${lines.slice(0, -3).join('\n')}\n`);
    const word = await wordOf('ErrStore');
    await inSession(
      (manager) => {
        assert.equal(manager.toxId, toxId);
        assert.deepEqual(names(manager), ['Bob']);
        assert.ok(manager.counts().unfinished >= 1, 'the first message is still there');
      },
      { startNew: word },
    );
    assert.deepEqual(await inSession(names), ['Bob'], 'the next start needs no word');
  });

  it('takes a whole identity.tox.tmp of its identity in place of one that is missing or cut off', async () => {
    const whole = readFileSync(place('identity.tox'));
    for (const lose of [rmSync, (file: string) => truncateSync(file, 40)]) {
      writeFileSync(place('identity.tox.tmp'), whole);
      lose(place('identity.tox'));
      assert.equal(await inSession((manager) => manager.toxId), toxId);
      assert.ok(!existsSync(place('identity.tox.tmp')));
    }
  });

  it('refuses an identity.tox that is a link to nothing, and makes nothing there', async () => {
    const elsewhere = path.join(scratch.path, 'usb', 'identity.tox');
    rmSync(place('identity.tox'));
    symlinkSync(elsewhere, place('identity.tox'));
    await assert.rejects(
      inSession(() => undefined),
      (error) =>
        ToxAsyncError.is(error, 'ErrStore') && /link to a file that is not there/.test(error.message),
    );
    assert.ok(lstatSync(place('identity.tox')).isSymbolicLink());
    assert.ok(!existsSync(path.dirname(elsewhere)));
  });

  it('writes through an identity.tox that is a link, and leaves the link', async () => {
    const elsewhere = path.join(scratch.path, 'usb', 'identity.tox');
    mkdirSync(path.dirname(elsewhere));
    renameSync(place('identity.tox'), elsewhere);
    symlinkSync(elsewhere, place('identity.tox'));
    assert.ok(!readFileSync(elsewhere).includes(Buffer.from(keyOf(2))), 'the control');
    await inSession(async (manager) => {
      assert.equal(manager.toxId, toxId);
      await manager.addFriend(keyOf(2), 'Cat');
    });
    assert.ok(lstatSync(place('identity.tox')).isSymbolicLink());
    assert.ok(readFileSync(elsewhere).includes(Buffer.from(keyOf(2))));
    assert.deepEqual(readdirSync(path.dirname(elsewhere)), ['identity.tox']);
  });
});
