import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isPassEncrypted, Passphrase } from '../../../../lib/crypto/pass-encryption';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { systemPlatform } from '../../../../lib/platform/system/system-platform';
import { type DataDirectory, openDataDirectory } from '../../../../lib/store/directory/data-directory';
import { isCode } from '../../../support/is-code';

const crypto = createPortableProvider();
const { random } = systemPlatform;

describe('a data directory under a passphrase', () => {
  let folder: string;
  const open: DataDirectory[] = [];
  const file = (name: string) => path.join(folder, name);

  const make = async (passphrase?: string, startNew?: string) => {
    const directory = await openDataDirectory({
      platform: systemPlatform,
      crypto,
      path: folder,
      engine: 'nedb',
      space: { limitBytes: 1000, reserveBytes: 4096 },
      ...(startNew === undefined ? {} : { startNew }),
      ...(passphrase === undefined ? {} : { passphrase: new Passphrase({ crypto, random }, passphrase) }),
    });
    open.push(directory);
    return directory;
  };
  const close = async () => {
    await Promise.all(open.splice(0).map((directory) => directory.close()));
  };
  const snapshot = () =>
    fs
      .readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => [name, fs.readFileSync(file(name), 'hex'), fs.statSync(file(name)).mtimeMs])
      .sort();
  /** One secret, named by a record, and the vault as it lies on the disk. */
  const withSecret = async (passphrase?: string) => {
    const { vault } = await make(passphrase);
    const [made] = await vault.allocate(1);
    assert.ok(made);
    return made;
  };

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tox-pass-'));
  });
  afterEach(async () => {
    await close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('keeps the vault key in a file of its own, 0600, in toxencryptsave’s format', async () => {
    const { ref, secret } = await withSecret('secret');
    const sealed = fs.readFileSync(file('vault.key'));
    assert.ok(isPassEncrypted(sealed));
    assert.equal(sealed.length, 32 + 80);
    assert.equal(fs.statSync(file('vault.key')).mode & 0o777, 0o600);
    assert.ok(!fs.readFileSync(file('vault')).includes(Buffer.from(secret)));
    await close();
    assert.deepEqual((await make('secret')).vault.read(ref), secret);
    assert.deepEqual(fs.readFileSync(file('vault.key')), sealed);
  });

  it('has no key without a passphrase', async () => {
    const { secret } = await withSecret();
    assert.ok(!fs.existsSync(file('vault.key')));
    assert.ok(fs.readFileSync(file('vault')).includes(Buffer.from(secret)));
  });

  it('refuses a wrong passphrase and none at all, and is left untouched', async () => {
    const { ref, secret } = await withSecret('secret');
    await close();
    const before = snapshot();
    for (const given of ['guess', undefined]) {
      await assert.rejects(
        make(given),
        (error) => isCode('ErrPassphrase')(error) && !String(error).includes('guess'),
      );
    }
    assert.deepEqual(snapshot(), before);
    assert.deepEqual((await make('secret')).vault.read(ref), secret);
  });

  it('takes a passphrase later, keeping what is in the vault', async () => {
    const { ref, secret } = await withSecret();
    await close();
    assert.deepEqual((await make('secret')).vault.read(ref), secret);
    assert.ok(!fs.readFileSync(file('vault')).includes(Buffer.from(secret)));
    await close();
    await assert.rejects(make(), isCode('ErrPassphrase'));
  });

  /** The word that a refusal names. */
  const refused = async (passphrase: string): Promise<string> => {
    const before = snapshot();
    let word = '';
    await assert.rejects(make(passphrase), (error: Error) => {
      word = /vault\.key-[0-9a-f]{8}/.exec(error.message)?.[0] ?? '';
      return isCode('ErrStore')(error) && word !== '';
    });
    assert.deepEqual(snapshot(), before);
    return word;
  };

  it('is refused, and left untouched, when its key is damaged, gone or another directory’s', async () => {
    const { ref, secret } = await withSecret('secret');
    await close();
    const own = fs.readFileSync(file('vault.key'));
    const others = await new Passphrase({ crypto, random }, 'secret').seal(random.bytes(32));
    for (const damaged of [Buffer.alloc(0), own.subarray(0, 90), Buffer.alloc(112), undefined, others]) {
      if (damaged) fs.writeFileSync(file('vault.key'), damaged);
      else fs.rmSync(file('vault.key'));
      await refused('secret');
    }
    fs.writeFileSync(file('vault.key'), own);
    assert.deepEqual((await make('secret')).vault.read(ref), secret);
  });

  it('starts without its secrets when its key is gone and the user says so, for that loss only', async () => {
    const { ref } = await withSecret('secret');
    await close();
    fs.rmSync(file('vault.key'));
    await assert.rejects(make(), isCode('ErrPassphrase'));
    const word = await refused('secret');
    const { vault } = await make('secret', word);
    assert.equal(vault.read(ref), undefined);
    assert.ok(fs.existsSync(file('vault.key')));
    await close();
    fs.rmSync(file('vault.key'));
    await assert.rejects(make('secret', word), isCode('ErrStore'));
  });
});
