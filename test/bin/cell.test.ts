import assert from 'node:assert/strict';
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
    const uri = (await ann.run(['cell', 'uri', token, `${a},${node}`, b])).out.trim();
    assert.deepEqual(parseCellUri(uri), {
      token: new Uint8Array(Buffer.from(token, 'base64url')),
      cells: [
        { collector: a, nodes: [node] },
        { collector: b, nodes: [] },
      ],
    });
    assert.equal((await ann.run(['cell', 'show', uri])).out, `${a},${node}\n${b}\n`);
  });

  it('says what is wrong, by its exit code too', async () => {
    const codes = async (...args: string[]) => (await ann.run(['cell', ...args])).exitCode;
    assert.equal(await codes(), EXIT.usage);
    assert.equal(await codes('uri', 'x'.repeat(32)), EXIT.usage);
    assert.equal(await codes('uri', 'x'.repeat(32), 'abc'), EXIT.data);
    assert.equal(await codes('show', 'tox-cell:AQ'), EXIT.data);
  });

  it('joins by init only with a URI that can be read, and makes nothing else', async () => {
    const refused = await ann.run(['init', '--join', 'tox-cell:AQ']);
    assert.equal(refused.exitCode, EXIT.data);
    assert.equal((await ann.run(['id'])).exitCode, EXIT.config);
  });

  it('asks for the tokens where only the cap is given', async () => {
    assert.equal((await ann.run(['serve', '--friends-cap', '5'])).exitCode, EXIT.usage);
  });
});
