import assert from 'node:assert/strict';
import { isPassEncrypted, Passphrase } from '../../../lib/crypto/pass-encryption';
import { createPortableProvider } from '../../../lib/crypto/providers/portable';
import { type ErrorCode, ToxAsyncError } from '../../../lib/errors';
import { checkIdentity, type IdentityOptions, openIdentity } from '../../../lib/identity/identity-file';
import { MemoryDisk } from '../../../lib/testing/memory-disk';
import { SeededRandom } from '../../../lib/testing/simulated-platform';
import { keys, savedata } from './support/savedata';

const PATH = '/data/session/identity.tox';
const crypto = createPortableProvider();
const random = new SeededRandom('sealed identity');
const pairOf = (word: string) => crypto.keyPairFromSecret(crypto.sha256(new TextEncoder().encode(word)));
const otto = pairOf('otto');
const friend = { publicKey: pairOf('friend').publicKey, name: 'Anna' };
const profileOfOtto = savedata(keys(Uint8Array.of(1, 2, 3, 4), otto.publicKey, otto.secretKey));

/** The same object for the same text, so that most tests need not derive its key again. */
const passphrases = new Map<string, Passphrase>();
function pass(text: string): Passphrase {
  const known = passphrases.get(text) ?? new Passphrase({ crypto, random }, text);
  passphrases.set(text, known);
  return known;
}
const code =
  (...codes: ErrorCode[]) =>
  (error: unknown) =>
    ToxAsyncError.is(error, ...codes);

function machine() {
  const disk = new MemoryDisk();
  const options = (passphrase?: string, imported?: Uint8Array): IdentityOptions => ({
    disk,
    random,
    crypto,
    path: PATH,
    ...(passphrase === undefined ? {} : { passphrase: pass(passphrase) }),
    ...(imported && { import: imported }),
  });
  return {
    disk,
    open: (...given: Parameters<typeof options>) => openIdentity(options(...given)),
    check: (...given: Parameters<typeof options>) => checkIdentity(options(...given)),
    file: async () => (await disk.readFile(PATH)) ?? new Uint8Array(),
    withFile: async (bytes: Uint8Array) => {
      await disk.makeFolder('/data/session');
      await disk.writeFile(PATH, bytes);
    },
  };
}

/** Whether the secret key can be read in the bytes. */
const shows = (bytes: Uint8Array, secret: Uint8Array) => Buffer.from(bytes).includes(Buffer.from(secret));

describe('identity file under a passphrase', () => {
  it('is sealed from its making on, and opens again only with the passphrase', async () => {
    const { open, file } = machine();
    const first = await open('secret');
    assert.ok(isPassEncrypted(await file()));
    assert.ok(!shows(await file(), first.keyPair.secretKey));
    assert.equal((await open('secret')).toxId, first.toxId);
    assert.deepEqual(await pass('secret').open(await file()), first.savedata());
  });

  it('stays sealed when the friends change or libtoxcore hands over a profile', async () => {
    const { open, file } = machine();
    const identity = await open('secret', otto.secretKey);
    await identity.saveFriends([friend]);
    assert.ok(isPassEncrypted(await file()));
    await identity.saveSavedata(profileOfOtto);
    assert.deepEqual(await pass('secret').open(await file()), profileOfOtto);
  });

  it('is written many times at the cost of one key', async () => {
    const { open } = machine();
    const start = performance.now();
    const identity = await open('never used before');
    const oneKeyMs = performance.now() - start;
    for (let i = 0; i < 50; i++) await identity.saveFriends(i % 2 === 0 ? [friend] : []);
    const writesMs = performance.now() - start - oneKeyMs;
    assert.ok(writesMs < 10 * oneKeyMs, `first ${oneKeyMs} ms, fifty more writes ${writesMs} ms`);
  });

  it('refuses a wrong passphrase and none at all, and is left untouched', async () => {
    const { open, check, file } = machine();
    await open('secret');
    const before = await file();
    for (const attempt of [open, check]) {
      for (const given of ['guess', undefined]) {
        await assert.rejects(attempt(given), (error) => {
          assert.ok(code('ErrPassphrase')(error));
          assert.ok(String(error).includes(PATH) && !String(error).includes('guess'));
          return true;
        });
      }
    }
    assert.deepEqual(await file(), before);
  });

  it('is sealed as soon as a passphrase is given to one that was not', async () => {
    const { open, file } = machine();
    const plain = await open();
    assert.ok(shows(await file(), plain.keyPair.secretKey));
    assert.equal((await open('secret')).toxId, plain.toxId);
    assert.ok(isPassEncrypted(await file()));
    assert.ok(!shows(await file(), plain.keyPair.secretKey));
    await assert.rejects(open(), code('ErrPassphrase'));
  });

  it('is there as a whole, sealed or not, when the power fails while it is sealed', async () => {
    let sealed = 0;
    for (let steps = 0; steps < 16; steps++) {
      const { disk, open, file } = machine();
      const { toxId } = await open();
      const writeFile = disk.writeFile.bind(disk);
      // Sealing takes real time; the power fails a number of steps after it.
      disk.writeFile = async (path, bytes) => {
        const writing = writeFile(path, bytes);
        for (let step = 0; step < steps; step++) await Promise.resolve();
        disk.crash();
        return writing;
      };
      await open('secret').catch(() => undefined);
      disk.writeFile = writeFile;
      if (isPassEncrypted(await file())) sealed += 1;
      assert.equal((await open('secret')).toxId, toxId);
    }
    assert.ok(sealed > 0 && sealed < 16, `${sealed} sealed`);
  });

  it('is only looked at by a check: nothing is made, sealed or drawn', async () => {
    const { check, open, file } = machine();
    await check('secret');
    await check(undefined, otto.secretKey);
    assert.equal((await file()).length, 0);
    await open();
    const before = await file();
    await check('secret');
    assert.deepEqual(await file(), before);
    await assert.rejects(check(undefined, otto.secretKey), code('ErrIdentityMismatch'));
  });

  it('is taken from an import sealed with the same passphrase, and from one not sealed', async () => {
    for (const imported of [await pass('secret').seal(profileOfOtto), profileOfOtto]) {
      const { open, file } = machine();
      const identity = await open('secret', imported);
      assert.deepEqual(identity.keyPair.publicKey, otto.publicKey);
      assert.deepEqual(await pass('secret').open(await file()), profileOfOtto);
    }
  });

  it('is not made from a sealed import with another passphrase or none', async () => {
    const { open, check, file } = machine();
    const imported = await pass('secret').seal(profileOfOtto);
    for (const attempt of [open, check]) {
      await assert.rejects(attempt('guess', imported), code('ErrPassphrase'));
      await assert.rejects(attempt(undefined, imported), code('ErrPassphrase'));
    }
    assert.equal((await file()).length, 0);
  });

  it('is damaged, and left untouched, when it is cut off or seals something else', async () => {
    const { open, withFile, file } = machine();
    const sealed = await pass('secret').seal(profileOfOtto);
    for (const bytes of [sealed.slice(0, 60), await pass('secret').seal(profileOfOtto.slice(0, 90))]) {
      await withFile(bytes);
      await assert.rejects(open('secret'), code('ErrIdentityFile'));
      assert.deepEqual(await file(), bytes);
    }
  });
});
