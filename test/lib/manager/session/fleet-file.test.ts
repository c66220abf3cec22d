import assert from 'node:assert/strict';
import { utf8 } from '../../../../lib/bytes';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { fleetInFile } from '../../../../lib/manager/session/fleet-file';
import { signCertificate } from '../../../../lib/protocol/fleet/certificate';
import { roundText } from '../../../../lib/protocol/fleet/round-text';

const crypto = createPortableProvider();
const digest = (name: string) => crypto.sha256(utf8(name));
const NODE = crypto.keyPairFromSecret(digest('node')).publicKey;
const FILE = '/round';

describe('A fleet in a file', () => {
  let files: Map<string, Uint8Array>;
  const disk = { readFile: (path: string) => Promise.resolve(files.get(path)) };
  const put = (text: string) => files.set(FILE, utf8(text));
  const round = (serial: number) =>
    roundText(digest('secret'), [
      [NODE, signCertificate(digest('fleet'), NODE, { serial, valid: 60, replicas: 1 })],
    ]);

  beforeEach(() => {
    files = new Map();
  });

  it('has the secret, and the certificate of the round that is there when it is asked for', async () => {
    put(round(1));
    const { secret, certificate } = await fleetInFile(disk, { file: FILE });
    assert.deepEqual(secret, digest('secret'));
    assert.equal((await certificate(NODE))?.serial, 1);
    put(round(2));
    assert.equal((await certificate(NODE))?.serial, 2);
    put('');
    assert.equal(await certificate(NODE), undefined);
  });

  it('needs no file at the start when the secret is given, and takes that one', async () => {
    const { secret, certificate } = await fleetInFile(disk, { file: FILE, secret: digest('other') });
    assert.deepEqual(secret, digest('other'));
    await assert.rejects(certificate(NODE), { code: 'ErrInvalidArgument', message: /does not exist/ });
    put(round(1));
    assert.equal((await certificate(NODE))?.serial, 1);
  });

  it('says what is wrong with a file that is none', async () => {
    const refused = (message: RegExp, code = 'ErrInvalidArgument') =>
      assert.rejects(fleetInFile(disk, { file: FILE }), { code, message });
    await refused(/does not exist/);
    put('');
    await refused(/secret is not in/);
    put('no certificate');
    await refused(/^Line 1 /);
    files.set(FILE, new Uint8Array([0xff]));
    await refused(/is not text/);
    const broken = { readFile: () => Promise.reject(new Error('EIO')) };
    await assert.rejects(fleetInFile(broken, { file: FILE }), { code: 'ErrStore' });
  });
});
