import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isPassEncrypted, Passphrase } from '../../../../lib/crypto/pass-encryption';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { ToxAsyncError } from '../../../../lib/errors';
import { openBackup } from '../../../../lib/identity/backup';
import { parseProfile } from '../../../../lib/identity/tox-profile';
import { AsyncManager } from '../../../../lib/manager/async-manager';
import type { AsyncManagerOptions } from '../../../../lib/manager/options';
import { systemPlatform } from '../../../../lib/platform/system/system-platform';
import { MINUTE, World, type Device } from '../../../support/world';
import { friendRecord, keys, savedata, section } from '../../identity/support/savedata';
import { isCode } from '../../../support/is-code';

const crypto = createPortableProvider();
const pairOf = (word: string) => crypto.keyPairFromSecret(crypto.sha256(new TextEncoder().encode(word)));

describe('a backup of an identity', () => {
  let world: World;
  let device: Device;
  let phone: Device;

  beforeEach(async () => {
    world = new World('backup');
    device = await world.add('Device');
    phone = await world.add('Phone');
    await world.add('Home Pi');
    await world.settle();
  });

  afterEach(() => world.stop());

  it('makes the same identity with the same friends in an empty directory', async () => {
    const backup = await phone.manager.exportIdentity();
    const { toxId } = phone.manager;
    await phone.stop();
    const second = await world.add('Phone', { profile: backup });
    assert.equal(second.manager.toxId, toxId);
    assert.deepEqual(
      second.manager.friends().map(({ name }) => name),
      ['Device', 'Home Pi'],
    );
    assert.equal(second.manager.canSendAsyncMessage(device.pk), false, 'keys do not come along');
  });

  it('heals at the next meeting: what was sealed to the old keys arrives, and new keys are exchanged', async () => {
    const backup = await phone.manager.exportIdentity();
    await phone.online(false);
    await world.run(MINUTE);
    const receipt = await device.send(phone, 'in flight');
    await world.until('stored', () => device.statesOf(receipt).includes('stored'));
    await phone.stop();
    const second = await world.add('Phone', { profile: backup });
    await world.until('delivered', () => device.statesOf(receipt).includes('delivered'));
    assert.deepEqual(second.texts, ['in flight']);
    const answer = await second.send(device, 'answer');
    await world.until('delivered', () => second.statesOf(answer).includes('delivered'));
    assert.deepEqual(device.texts, ['answer']);
  });

  it('holds no one-time secret and no text', async () => {
    await phone.online(false);
    await phone.send(device, 'the code is 4711');
    await phone.stop();
    await phone.start({ online: false });
    const backup = Buffer.from(await phone.manager.exportIdentity());
    const { sections, friends } = parseProfile(new Uint8Array(backup));
    assert.deepEqual(sections.map(({ type }) => type).sort(), [1, 3]);
    assert.equal(friends.length, 2);
    assert.ok(!backup.includes('4711'));
    // Slots of 64 bytes; wherever in one the secret lies, some window of 24 bytes is part of it.
    const vault = Buffer.from((await phone.memory.disk.readFile('/data/vault')) ?? []);
    let secrets = 0;
    for (let at = 0; at + 24 <= vault.length; at += 4) {
      const window = vault.subarray(at, at + 24);
      if (new Set(window).size < 12) continue;
      secrets += 1;
      assert.ok(!backup.includes(window));
    }
    assert.ok(secrets > 200, 'the vault has secrets');
  });

  it('opens with its passphrase alone', async () => {
    const sealed = await phone.manager.exportIdentity('correct horse');
    assert.ok(isPassEncrypted(sealed));
    const { random } = systemPlatform;
    const pass = (text: string) => new Passphrase({ crypto, random }, text);
    const plain = await openBackup(sealed, pass('correct horse'));
    assert.deepEqual(plain, await phone.manager.exportIdentity());
    await assert.rejects(openBackup(sealed, pass('wrong')), isCode('ErrPassphrase'));
    for (const short of ['', '1234567', '🔑🔑🔑🔑']) {
      await assert.rejects(phone.manager.exportIdentity(short), isCode('ErrPassphrase'), short);
    }
    await assert.rejects(world.add('Second', { profile: sealed }), isCode('ErrPassphrase'));
    world.devices.pop();
  });
});

describe('importing an identity', function () {
  this.timeout(20_000);
  const otto = pairOf('otto');
  const anna = pairOf('anna').publicKey;
  const nospam = Uint8Array.of(1, 2, 3, 4);
  /** As another client leaves it: a name, a friend with a nickname, a request to one, and a section of its own. */
  const profile = savedata(
    keys(nospam, otto.publicKey, otto.secretKey),
    section(4, Buffer.from('Otto')),
    section(3, friendRecord({ status: 3, publicKey: anna, name: 'Anna', lastSeen: 1_700_000_000 })),
    section(20, Buffer.from('conferences')),
  );
  let folder: string;
  const open: AsyncManager[] = [];

  beforeEach(() => {
    folder = path.join(mkdtempSync(path.join(tmpdir(), 'tox-backup-')), 'data');
  });

  afterEach(async () => {
    for (const manager of open.splice(0)) await manager.stop();
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });

  const create = async (options: Partial<AsyncManagerOptions> = {}) => {
    const manager = await AsyncManager.create({ dataDir: folder, crypto, engine: 'nedb', ...options });
    open.push(manager);
    return manager;
  };
  const reopen = async (options: Partial<AsyncManagerOptions> = {}) => {
    for (const manager of open.splice(0)) await manager.stop();
    return create(options);
  };
  const files = () =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => [name, readFileSync(path.join(folder, name), 'hex')])
      .sort();

  it('takes the profile of another client, and gives back what it does not use', async () => {
    const manager = await create({ profile });
    assert.deepEqual(manager.publicKey, otto.publicKey);
    assert.equal(manager.toxId.slice(64, 72), '01020304');
    assert.deepEqual(
      manager.friends().map(({ name, publicKey }) => ({ name, publicKey })),
      [{ name: 'Anna', publicKey: anna }],
    );
    assert.deepEqual(await manager.exportIdentity(), profile);
    await manager.addFriend(pairOf('berta').publicKey, 'Berta');
    const exported = parseProfile(await manager.exportIdentity());
    assert.equal(exported.name, 'Otto');
    assert.ok(exported.sections.some(({ type }) => type === 20));
    assert.deepEqual(
      exported.friends.map(({ name }) => name),
      ['Anna', 'Berta'],
    );
  });

  it('takes a secret key alone, and the same one again', async () => {
    const first = await create({ keyPair: otto });
    assert.deepEqual(first.publicKey, otto.publicKey);
    const { toxId } = first;
    assert.equal((await reopen({ keyPair: otto })).toxId, toxId);
    assert.equal((await reopen()).toxId, toxId);
  });

  it('refuses another identity than the one in the directory, and replaces nothing', async () => {
    const first = await create();
    await first.addFriend(anna, 'Anna');
    for (const manager of open.splice(0)) await manager.stop();
    const before = files();
    await assert.rejects(create({ profile }), isCode('ErrIdentityMismatch'));
    await assert.rejects(create({ keyPair: otto }), isCode('ErrIdentityMismatch'));
    await assert.rejects(create({ keyPair: otto, profile }), isCode('ErrInvalidArgument'));
    await assert.rejects(create({ profile: profile.subarray(0, 100) }), ToxAsyncError);
    assert.deepEqual(files(), before);
  });

  it('seals identity and vault with the passphrase, and opens neither without it', async () => {
    await create({ profile, passphrase: 'correct horse' });
    for (const manager of open.splice(0)) await manager.stop();
    const before = files();
    assert.ok(isPassEncrypted(readFileSync(path.join(folder, 'identity.tox'))));
    assert.ok(isPassEncrypted(readFileSync(path.join(folder, 'vault.key'))));
    for (const passphrase of [undefined, 'wrong']) {
      const options = passphrase === undefined ? {} : { passphrase };
      await assert.rejects(create(options), isCode('ErrPassphrase'));
    }
    assert.deepEqual(files(), before);
    assert.deepEqual((await create({ passphrase: 'correct horse' })).publicKey, otto.publicKey);
  });

  it('makes no directory for a backup that does not open', async () => {
    const { random } = systemPlatform;
    const sealed = await new Passphrase({ crypto, random }, 'correct horse').seal(profile);
    await assert.rejects(create({ profile: sealed, passphrase: 'wrong' }), isCode('ErrPassphrase'));
    await assert.rejects(create({ profile: sealed }), isCode('ErrPassphrase'));
    assert.ok(!existsSync(folder));
    const manager = await create({ profile: sealed, passphrase: 'correct horse' });
    assert.deepEqual(manager.publicKey, otto.publicKey);
    assert.equal(statSync(path.join(folder, 'identity.tox')).mode & 0o777, 0o600);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
  });
});
