import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { EXIT } from '../../bin/exit-codes';
import {
  chooseCryptoProvider,
  generateKeyPair,
  readCertificateText,
  systemPlatform,
  toHex,
} from '../../lib/index';
import { certifies } from '../../lib/protocol/fleet/certificate';
import { CommandUser, newNetwork } from './support/command-user';

const key = () => generateKeyPair(chooseCryptoProvider(), systemPlatform.random).publicKey;

describe('tox-async fleet', () => {
  let ann: CommandUser;

  beforeEach(async () => {
    ann = await CommandUser.of('Ann', newNetwork());
  });
  afterEach(() => ann.end());

  it('makes a fleet once, in a file for its owner alone, and certifies nodes in rounds', async () => {
    const made = await ann.run(['fleet', 'init', 'fleet.json', '2']);
    assert.match(made.out, /^fleet [0-9a-f]{64}\n$/);
    assert.equal((await stat(path.join(ann.folder, 'fleet.json'))).mode & 0o777, 0o600);
    assert.equal((await ann.run(['fleet', 'init', 'fleet.json'])).exitCode, EXIT.cannotCreate);
    const [a, b] = [key(), key()];
    for (const [round, nodes] of [[a, b], [b]].entries()) {
      const { lines } = await ann.run(['fleet', 'certify', 'fleet.json', ...nodes.map(toHex)]);
      for (const [i, node] of nodes.entries()) {
        const [named, text = ''] = lines[i]?.split(' ') ?? [];
        const certificate = readCertificateText(text);
        assert.deepEqual([named, certifies(certificate, node)], [toHex(node), true]);
        assert.deepEqual(
          [certificate.serial, certificate.replicas, certificate.valid],
          [round + 1, 2, 604_800],
        );
      }
    }
    const { out } = await ann.run(['fleet', 'list', 'fleet.json']);
    assert.equal(out, `${made.out.trim()}  round 2  replicas 2\n${toHex(b)}\n`);
  });

  it('says what is wrong by its exit code', async () => {
    const code = async (...args: string[]) => (await ann.run(['fleet', ...args])).exitCode;
    assert.equal(await code('init'), EXIT.usage);
    assert.equal(await code('init', 'f', '0'), EXIT.usage);
    assert.equal(await code('list', 'f'), EXIT.noInput);
    await ann.run(['fleet', 'init', 'f']);
    assert.equal(await code('certify', 'f'), EXIT.usage);
    assert.equal(await code('certify', 'f', 'abc'), EXIT.data);
  });
});
