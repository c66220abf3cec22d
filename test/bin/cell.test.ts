import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EXIT } from '../../bin/exit-codes';
import {
  chooseCryptoProvider,
  formatToxId,
  generateKeyPair,
  parseCellUri,
  systemPlatform,
} from '../../lib/index';
import { CommandUser, newNetwork } from './support/command-user';

const toxId = () => {
  const { publicKey } = generateKeyPair(chooseCryptoProvider(), systemPlatform.random);
  return formatToxId(publicKey, systemPlatform.random.bytes(4));
};

describe('tox-async cell', () => {
  let ann: CommandUser;

  beforeEach(async () => {
    ann = await CommandUser.of('Ann', newNetwork());
  });
  afterEach(() => ann.end());

  it('makes a token, and a URI of it that tells its cells and not the token', async () => {
    const token = (await ann.run(['cell', 'token'])).out.trim();
    assert.notEqual((await ann.run(['cell', 'token'])).out.trim(), token);
    const [a, b, node] = [toxId(), toxId(), toxId()];
    const env = { TOX_ASYNC_JOIN_TOKEN: token };
    const uri = (await ann.run(['cell', 'uri', `${a},${node}`, b], { env })).out.trim();
    assert.deepEqual(parseCellUri(uri), {
      token: new Uint8Array(Buffer.from(token, 'base64url')),
      cells: [
        { collector: a, nodes: [node] },
        { collector: b, nodes: [] },
      ],
    });
    assert.equal((await ann.run(['cell', 'show', '-'], { input: `${uri}\n` })).out, `${a},${node}\n${b}\n`);
  });

  it('says what is wrong, by its exit code too', async () => {
    const codes = async (...args: string[]) => (await ann.run(['cell', ...args])).exitCode;
    assert.equal(await codes(), EXIT.usage);
    assert.equal(await codes('uri'), EXIT.usage);
    assert.equal(await codes('uri', toxId()), EXIT.noPermission);
    assert.equal(await codes('uri', toxId(), '--join-tokens', 'none'), EXIT.noInput);
    assert.equal(await codes('show', 'none'), EXIT.noInput);
    const env = { TOX_ASYNC_JOIN_TOKEN: 'x'.repeat(32) };
    assert.equal((await ann.run(['cell', 'uri', 'abc'], { env })).exitCode, EXIT.data);
    assert.equal((await ann.run(['cell', 'show', '-'], { input: 'tox-cell:AQ' })).exitCode, EXIT.data);
  });

  it('takes the token from the environment, a file or a question, and never as an argument', async () => {
    const token = async () => (await ann.run(['cell', 'token'])).out.trim();
    const [old, newest] = [await token(), await token()];
    await writeFile(path.join(ann.folder, 'tokens'), `${old} 2027-03-01\n${newest}\n`);
    const [collector, env] = [toxId(), { TOX_ASYNC_JOIN_TOKEN: newest }];
    const uris = [
      await ann.run(['cell', 'uri', collector, '--join-tokens', 'tokens']),
      await ann.run(['cell', 'uri', collector, '--join-tokens', '-'], { input: newest }),
      await ann.run(['cell', 'uri', collector], { env }),
      await ann.run(['cell', 'uri', collector], { secrets: [newest] }),
    ].map(({ out }) => out.trim());
    assert.equal(new Set(uris).size, 1);
    assert.deepEqual(parseCellUri(uris[0] ?? '').token, new Uint8Array(Buffer.from(newest, 'base64url')));
    assert.equal((await ann.run(['cell', 'uri', 'x'.repeat(32), collector], { env })).exitCode, EXIT.data);
    await writeFile(path.join(ann.folder, 'empty'), '# none\n');
    const empty = await ann.run(['cell', 'uri', collector, '--join-tokens', 'empty']);
    assert.equal(empty.exitCode, EXIT.noInput);
    for (const args of [
      ['cell', 'show', uris[0] ?? ''],
      ['init', '--join', uris[0] ?? ''],
    ]) {
      const { exitCode, err } = await ann.run(args);
      assert.equal(exitCode, EXIT.usage);
      assert.match(err, /Put it into a file/);
      assert.equal(err.includes(uris[0] ?? ''), false);
    }
  });

  it('takes the last token whose date is not over, and says what to do when all dates are', async () => {
    const token = async () => (await ann.run(['cell', 'token'])).out.trim();
    const [first, valid, over] = [await token(), await token(), await token()];
    const [file, collector] = [path.join(ann.folder, 'tokens'), toxId()];
    const args = ['cell', 'uri', collector, '--join-tokens', 'tokens'];
    await writeFile(file, `${first}\n${valid} 9000-01-01\n${over} 2020-01-01\n`);
    const { out } = await ann.run(args);
    assert.deepEqual(parseCellUri(out.trim()).token, new Uint8Array(Buffer.from(valid, 'base64url')));
    await writeFile(file, `${first} 2019-01-01\n${over} 2020-01-01\n`);
    const { exitCode, err } = await ann.run(args);
    assert.equal(exitCode, EXIT.noInput);
    assert.match(err, /The date of each token in tokens is over\. Make one with "tox-async cell token"/);
  });

  it('joins by init only with a URI that can be read, and makes nothing else', async () => {
    const refused = await ann.run(['init', '--join', '-'], { input: 'tox-cell:AQ' });
    assert.equal(refused.exitCode, EXIT.data);
    assert.equal((await ann.run(['id'])).exitCode, EXIT.config);
  });

  it('asks for the tokens where only the cap is given', async () => {
    assert.equal((await ann.run(['serve', '--friends-cap', '5'])).exitCode, EXIT.usage);
  });
});
