import assert from 'node:assert/strict';
import {
  digitsOf,
  isMeantAsKey,
  keyFault,
  publicKeyIn,
} from '../../../../nodes/editor/dialogs/checks/friend-key';
import {
  chooseCryptoProvider,
  formatToxId,
  generateKeyPair,
  readFriendKey,
  systemPlatform,
  toHex,
} from '../../../../lib/index';

const { publicKey } = generateKeyPair(chooseCryptoProvider(), systemPlatform.random);
const TOX_ID = formatToxId(publicKey, Uint8Array.of(1, 2, 3, 4));

describe('The key of a friend, as it is typed', () => {
  it('is good as a public key or a Tox ID, however it was pasted, as the runtime has it', () => {
    for (const good of [
      toHex(publicKey),
      TOX_ID,
      TOX_ID.toLowerCase(),
      `tox:${TOX_ID}`,
      ` ${TOX_ID.slice(0, 38)}\n${TOX_ID.slice(38)} `,
    ]) {
      assert.equal(keyFault(good), undefined, good);
      assert.ok(readFriendKey(good), good);
      assert.equal(publicKeyIn(good), toHex(publicKey));
    }
  });

  it('has a wrong digit when the checksum does not match, whichever digit it is', () => {
    for (let i = 0; i < TOX_ID.length; i += 1) {
      const digit = TOX_ID[i] === '0' ? '1' : '0';
      assert.equal(keyFault(TOX_ID.slice(0, i) + digit + TOX_ID.slice(i + 1)), 'checksum');
    }
  });

  it('is too short or too long, or has a letter that is no digit', () => {
    for (const length of [1, 62, 63, 65, 75, 77]) assert.equal(keyFault('a'.repeat(length)), 'digits');
    assert.equal(keyFault(TOX_ID.replace(/.$/, 'O')), 'letter');
    assert.equal(digitsOf('tox://AB cd'), 'ABcd');
  });

  it('is told from a name by its length', () => {
    assert.equal(isMeantAsKey('Ann'), false);
    assert.equal(isMeantAsKey('beef'), false);
    assert.equal(isMeantAsKey(TOX_ID.slice(0, 50)), true);
  });
});
