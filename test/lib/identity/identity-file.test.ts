import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { toHex } from '../../../lib/bytes';
import { createPortableProvider } from '../../../lib/crypto/providers/portable';
import { type ErrorCode, ToxAsyncError } from '../../../lib/errors';
import { openIdentity } from '../../../lib/identity/identity-file';
import { parseToxId } from '../../../lib/identity/tox-id';
import { parseProfile } from '../../../lib/identity/tox-profile';
import { MemoryDisk } from '../../../lib/testing/memory-disk';
import { SeededRandom } from '../../../lib/testing/simulated-platform';
import { friendRecord, keys, savedata, section } from './support/savedata';

const PATH = '/data/session/identity.tox';
const crypto = createPortableProvider();
const pairOf = (word: string) => crypto.keyPairFromSecret(crypto.sha256(new TextEncoder().encode(word)));
const friendKey = pairOf('friend').publicKey;
const otto = pairOf('otto');
const ottosProfile = savedata(
  keys(Uint8Array.of(9, 8, 7, 6), otto.publicKey, otto.secretKey),
  section(3, friendRecord({ status: 3, publicKey: friendKey, name: 'Anna' })),
  section(77, Buffer.from('from another client')),
);

function machine() {
  const disk = new MemoryDisk();
  const random = new SeededRandom('identity');
  const open = (imported?: Uint8Array) =>
    openIdentity({ disk, random, crypto, path: PATH, ...(imported && { import: imported }) });
  const withFile = async (bytes: Uint8Array) => {
    await disk.makeFolder('/data/session');
    await disk.writeFile(PATH, bytes);
  };
  return { disk, open, withFile, file: () => disk.readFile(PATH) };
}

const code =
  (...codes: ErrorCode[]) =>
  (error: unknown) =>
    ToxAsyncError.is(error, ...codes);

describe('identity file', () => {
  it('is made at the first start and holds the same identity at the next', async () => {
    const { open, file } = machine();
    const first = await open();
    const profile = parseProfile((await file()) ?? new Uint8Array());
    assert.deepEqual(profile.keyPair.secretKey, first.keyPair.secretKey);
    assert.deepEqual(parseToxId(first.toxId), { publicKey: first.keyPair.publicKey, nospam: first.nospam });
    assert.deepEqual(first.keyPair.publicKey, crypto.keyPairFromSecret(first.keyPair.secretKey).publicKey);
    const second = await open();
    assert.equal(second.toxId, first.toxId);
    assert.deepEqual(second.keyPair.secretKey, first.keyPair.secretKey);
  });

  it('is durable before the identity is used: a power cut brings no second one', async () => {
    const { disk, open } = machine();
    const first = await open();
    disk.crash();
    assert.equal((await open()).toxId, first.toxId);
  });

  it('is there as a whole or not at all when the power fails at any moment of the first start', async () => {
    let lost = 0;
    for (let steps = 0; steps < 30; steps++) {
      const { disk, open, file } = machine();
      const opening = open().then(
        (identity) => identity.toxId,
        () => undefined,
      );
      for (let step = 0; step < steps; step++) await Promise.resolve();
      disk.crash();
      const made = await opening;
      const left = await file();
      if (left) parseProfile(left);
      else lost += 1;
      if (made !== undefined) assert.equal((await open()).toxId, made);
      else await open();
    }
    assert.ok(lost > 0 && lost < 30, `${lost} lost`);
  });

  it('takes an imported secret key, and later the same one or none', async () => {
    const { open } = machine();
    const first = await open(otto.secretKey);
    assert.deepEqual(first.keyPair.publicKey, otto.publicKey);
    assert.equal((await open(otto.secretKey)).toxId, first.toxId);
    assert.equal((await open()).toxId, first.toxId);
  });

  it('takes an imported Tox profile with its nospam, friends and all that is not ours', async () => {
    const { open, file } = machine();
    const identity = await open(ottosProfile);
    assert.deepEqual(identity.nospam, Uint8Array.of(9, 8, 7, 6));
    assert.deepEqual(identity.friends(), [{ publicKey: friendKey, name: 'Anna' }]);
    assert.deepEqual(await file(), ottosProfile);
  });

  it('refuses an import that is another identity, and keeps its own', async () => {
    const { open, file } = machine();
    const own = await open();
    const before = await file();
    for (const imported of [otto.secretKey, ottosProfile]) {
      await assert.rejects(open(imported), (error) => {
        assert.ok(code('ErrIdentityMismatch')(error));
        assert.ok(String(error).includes(own.toxId.slice(0, 8)));
        assert.ok(!String(error).includes(toHex(otto.secretKey).slice(0, 8)));
        return true;
      });
    }
    assert.deepEqual(await file(), before);
  });

  it('does not let an imported profile of the same identity replace the file', async () => {
    const { open, file } = machine();
    await open(otto.secretKey);
    const before = await file();
    await open(ottosProfile);
    assert.deepEqual(await file(), before);
  });

  it('refuses an import that is no key and no sound profile, and makes no file', async () => {
    const { open, file } = machine();
    await assert.rejects(open(new Uint8Array(31).fill(1)), code('ErrInvalidKey'));
    await assert.rejects(open(new Uint8Array(32)), code('ErrInvalidKey'));
    await assert.rejects(open(ottosProfile.slice(0, 500)), code('ErrMalformed'));
    const foreign = savedata(keys(new Uint8Array(4), friendKey, otto.secretKey));
    await assert.rejects(open(foreign), code('ErrMalformed'));
    await assert.rejects(open(new TextEncoder().encode('toxEsave and more')), code('ErrPassphrase'));
    assert.equal(await file(), undefined);
  });

  const damaged: [what: string, bytes: Uint8Array][] = [
    ['empty', new Uint8Array()],
    ['garbage', new TextEncoder().encode('{"secretKey": "no, JSON"}')],
    ['cut off', ottosProfile.slice(0, 100)],
    ['longer than it should be', new Uint8Array([...ottosProfile, 1])],
    [
      'of a public key that is not the secret’s',
      savedata(keys(new Uint8Array(4), friendKey, otto.secretKey)),
    ],
  ];
  for (const [what, bytes] of damaged) {
    it(`is left untouched, with a clear error, when it is ${what}`, async () => {
      const { open, withFile, file } = machine();
      await withFile(bytes);
      for (const imported of [undefined, otto.secretKey]) {
        await assert.rejects(
          open(imported),
          (error) => code('ErrIdentityFile')(error) && String(error).includes(PATH),
        );
      }
      assert.deepEqual(await file(), bytes);
    });
  }

  it('is left untouched when it is sealed with a passphrase', async () => {
    const { open, withFile, file } = machine();
    const sealed = new TextEncoder().encode(`toxEsave${'x'.repeat(200)}`);
    await withFile(sealed);
    await assert.rejects(open(), code('ErrPassphrase'));
    assert.deepEqual(await file(), sealed);
  });

  it('keeps the friends, across a restart', async () => {
    const { open } = machine();
    const identity = await open();
    await identity.saveFriends([{ publicKey: friendKey, name: 'Anna' }, { publicKey: otto.publicKey }]);
    const again = await open();
    assert.deepEqual(again.friends(), [
      { publicKey: friendKey, name: 'Anna' },
      { publicKey: otto.publicKey },
    ]);
    assert.equal(again.toxId, identity.toxId);
  });

  it('is not written when nothing changed, and saves in the order of the calls', async () => {
    const { disk, open } = machine();
    const identity = await open();
    await Promise.all([
      identity.saveFriends([{ publicKey: otto.publicKey }]),
      identity.saveFriends([{ publicKey: friendKey }]),
    ]);
    assert.deepEqual(identity.friends(), [{ publicKey: friendKey }]);
    disk.readOnly = true;
    await identity.saveFriends([{ publicKey: friendKey }]);
    await assert.rejects(identity.saveFriends([]), code('ErrStore'));
    assert.deepEqual(identity.friends(), [{ publicKey: friendKey }]);
  });

  it('says so when the disk is full', async () => {
    const { disk, open } = machine();
    disk.limitFree(10);
    await assert.rejects(open(), code('ErrLocalStorageFull'));
  });

  it('takes over what libtoxcore saved, unless it is another identity or unsound', async () => {
    const { open, file } = machine();
    const identity = await open(otto.secretKey);
    await identity.saveSavedata(ottosProfile);
    assert.deepEqual(await file(), ottosProfile);
    assert.deepEqual(identity.savedata(), ottosProfile);
    assert.deepEqual(identity.nospam, Uint8Array.of(9, 8, 7, 6));
    const other = pairOf('other');
    const foreign = savedata(keys(new Uint8Array(4), other.publicKey, other.secretKey));
    const halfForeign = savedata(keys(new Uint8Array(4), otto.publicKey, other.secretKey));
    await assert.rejects(identity.saveSavedata(foreign), code('ErrIdentityMismatch'));
    await assert.rejects(identity.saveSavedata(halfForeign), code('ErrIdentityMismatch'));
    await assert.rejects(identity.saveSavedata(new Uint8Array(10)), code('ErrMalformed'));
    assert.deepEqual(await file(), ottosProfile);
  });

  it('shows no secret in JSON, logs or copies of the identity and its key pair', async () => {
    const { open } = machine();
    const identity = await open(otto.secretKey);
    const secret = [...otto.secretKey].join();
    const shows = (text: string) =>
      text.includes(toHex(otto.secretKey)) ||
      text.includes(Buffer.from(otto.secretKey).toString('base64')) ||
      (text.replaceAll(/"\d+":/g, '').match(/\d+/g) ?? []).join().includes(secret);
    const bare = { secretKey: otto.secretKey };
    assert.ok(shows(JSON.stringify(bare)) && shows(inspect(bare, { maxArrayLength: null })));
    for (const thing of [identity, identity.keyPair, { nested: [identity, identity.keyPair] }]) {
      const texts = [
        JSON.stringify(thing),
        JSON.stringify(Object.assign({}, thing)),
        inspect(thing, { depth: null, maxArrayLength: null, showHidden: true }),
        inspect(thing, { depth: null, maxArrayLength: null, customInspect: false, showHidden: true }),
        inspect(Object.assign({}, thing), { depth: null, maxArrayLength: null }),
      ];
      for (const text of texts) assert.ok(!shows(text), text);
    }
    assert.ok(inspect(identity).includes(identity.toxId));
    assert.deepEqual(JSON.parse(JSON.stringify(identity)), { toxId: identity.toxId });
  });
});
