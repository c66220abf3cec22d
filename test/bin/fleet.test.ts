import assert from 'node:assert/strict';
import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EXIT } from '../../bin/exit-codes';
import { chooseCryptoProvider, generateKeyPair, readRound, systemPlatform, toHex } from '../../lib/index';
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
    const again = await ann.run(['fleet', 'init', 'fleet.json']);
    assert.equal(again.exitCode, EXIT.cannotCreate);
    assert.match(again.err, /The file fleet\.json exists already\. Choose another name\./);
    const [a, b] = [key(), key()];
    const secrets = new Set<string>();
    for (const [round, nodes] of [[a, b], [b]].entries()) {
      const { out } = await ann.run(['fleet', 'certify', 'fleet.json', ...nodes.map(toHex)]);
      const { secret = assert.fail(), certificates } = readRound(out);
      secrets.add(toHex(secret));
      assert.equal(certificates.size, nodes.length);
      for (const node of nodes) {
        const certificate = certificates.get(node) ?? assert.fail();
        assert.ok(certifies(certificate, node));
        const { serial, replicas, valid } = certificate;
        assert.deepEqual([serial, replicas, valid], [round + 1, 2, 604_800]);
      }
    }
    assert.equal(secrets.size, 1, 'the nodes keep the secret from round to round');
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

  it('is served with a database, by a file that is one', async () => {
    await ann.run(['init']);
    const serve = async (...args: string[]) => ann.run(['serve', '--fleet', 'round', ...args]);
    const alone = await serve();
    assert.deepEqual([alone.exitCode, /--database/.test(alone.err)], [EXIT.usage, true]);
    await writeFile(path.join(ann.folder, 'url'), 'postgresql://nobody@127.0.0.1:1/none');
    const missing = await serve('--database', 'url');
    assert.deepEqual([missing.exitCode, /does not exist/.test(missing.err)], [EXIT.usage, true]);
  });

  it('may have a schema of its own in a database, and only there', async () => {
    await ann.run(['init']);
    const serve = async (...args: string[]) => ann.run(['serve', '--schema', ...args]);
    const alone = await serve('north');
    assert.deepEqual([alone.exitCode, /--schema is for a database/.test(alone.err)], [EXIT.usage, true]);
    await writeFile(path.join(ann.folder, 'url'), 'postgresql://nobody@127.0.0.1:1/none');
    const wrong = await serve('no schema', '--database', 'url');
    assert.deepEqual([wrong.exitCode, /schema must consist/.test(wrong.err)], [EXIT.usage, true]);
  });
});
