import { describeOnTox } from './support/namespace';
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { toHex } from '../../lib/bytes';
import { ToxAsyncError } from '../../lib/errors';
import { parseProfile } from '../../lib/identity/tox-profile';
import { AsyncManager } from '../../lib/manager/async-manager';
import { ToxcoreTransport } from '../../lib/transport/toxcore/toxcore-transport';
import { RecordingHandler } from '../../lib/testing/transport/recording-handler';
import { loadToxPass } from './support/tox-pass';
import { newKeyPair, ToxParty } from './support/tox-party';
import { PROCESS_MS } from './support/until';

const PASSPHRASE = 'korrekt 🐴 battery staple';

describeOnTox('identity.tox, as libtoxcore and we read it', function () {
  this.timeout(2 * PROCESS_MS);
  let folder: string;
  let manager: AsyncManager | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'identity-file-'));
  });
  afterEach(async () => {
    await manager?.stop();
    manager = undefined;
    await rm(folder, { recursive: true });
  });

  const file = async () => new Uint8Array(await readFile(path.join(folder, 'identity.tox')));

  /** A session with libtoxcore running on its identity. */
  async function open(passphrase?: string) {
    manager = await AsyncManager.create({
      dataDir: folder,
      ...(passphrase === undefined ? {} : { passphrase }),
    });
    const transport = new ToxcoreTransport({ settings: { bootstrap: [] }, ...manager.profile });
    await manager.attachTransport(transport);
    await manager.start();
    return { manager, transport };
  }

  async function close() {
    await manager?.stop();
    manager = undefined;
  }

  it('holds what libtoxcore changed, durable when the change resolves, and comes back the same', async () => {
    const friend = newKeyPair().publicKey;
    const first = await open();
    const { toxId } = first.manager;
    assert.equal(first.transport.toxId, toxId);
    await first.transport.setName('Leak sensor');
    await first.manager.addFriend(friend, 'owner');
    await first.transport.setNospam(Uint8Array.of(1, 2, 3, 4));
    const { name, friends, nospam } = parseProfile(await file());
    assert.equal(name, 'Leak sensor');
    assert.deepEqual(
      friends.map(({ publicKey }) => toHex(publicKey)),
      [toHex(friend)],
    );
    assert.deepEqual([...nospam], [1, 2, 3, 4]);
    await close();

    const second = await open();
    assert.equal(second.manager.toxId.slice(0, 64), toxId.slice(0, 64));
    assert.equal(second.manager.toxId.slice(64, 72), '01020304');
    assert.equal(second.transport.toxId, second.manager.toxId);
    assert.deepEqual(second.transport.friends().map(toHex), [toHex(friend)]);
    assert.equal(second.manager.nameOf(friend), 'owner');
  });

  it('is opened by libtoxcore itself with the passphrase, and runs in another client', async () => {
    const { manager: session, transport } = await open(PASSPHRASE);
    await transport.setName('Leak sensor');
    const { toxId } = session;
    await close();
    const savedata = loadToxPass().decrypt(await file(), PASSPHRASE);
    assert.ok(savedata);
    const client = new ToxParty({ bootstrap: [] });
    client.savedata = savedata;
    const other = new ToxcoreTransport({
      settings: { bootstrap: [] },
      savedata: () => savedata,
      save: client.save,
    });
    await other.start(new RecordingHandler());
    assert.equal(other.toxId, toxId);
    await other.stop();
    assert.equal(client.profile.name, 'Leak sensor');
  });

  it('stays sealed through every change, without the secret key in the folder in the clear', async () => {
    const { transport, manager: session } = await open(PASSPHRASE);
    const secretKey = parseProfile(session.profile.savedata()).keyPair.secretKey;
    await transport.setStatusMessage('dry');
    await close();
    assert.equal(new TextDecoder().decode((await file()).subarray(0, 8)), 'toxEsave');
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const bytes = await readFile(path.join(entry.parentPath, entry.name));
      assert.ok(!bytes.includes(Buffer.from(secretKey)), entry.name);
    }
  });

  it('is refused and left as it is under a wrong passphrase, and when it is damaged', async () => {
    const { manager: session } = await open(PASSPHRASE);
    const { toxId } = session;
    await close();
    const sealed = await file();
    for (const wrong of ['wrong', undefined]) {
      await assert.rejects(open(wrong), (error) => ToxAsyncError.is(error, 'ErrPassphrase'));
      assert.deepEqual(await file(), sealed);
    }
    const damaged = sealed.slice();
    damaged[0]! ^= 1;
    for (const bytes of [damaged, sealed.slice(0, 40), new Uint8Array()]) {
      await writeFile(path.join(folder, 'identity.tox'), bytes);
      await assert.rejects(open(PASSPHRASE), (error) => ToxAsyncError.is(error, 'ErrIdentityFile'));
      assert.deepEqual(await file(), bytes);
    }
    await writeFile(path.join(folder, 'identity.tox'), sealed);
    assert.equal((await open(PASSPHRASE)).manager.toxId, toxId);
  });

  it('is never overwritten by the profile of another identity', async () => {
    const { manager: session } = await open();
    const before = await file();
    const stranger = new ToxParty({ bootstrap: [] });
    await assert.rejects(session.profile.save(stranger.savedata), (error) =>
      ToxAsyncError.is(error, 'ErrIdentityMismatch'),
    );
    assert.deepEqual(await file(), before);
  });
});
