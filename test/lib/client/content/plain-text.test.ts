import assert from 'node:assert/strict';
import { packOutgoing } from '../../../../lib/client/content/outgoing-content';
import { plainTextOf } from '../../../../lib/client/content/plain-text';
import type { MessageInput } from '../../../../lib/client/messages';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { joinedLarge } from '../../../../lib/protocol/envelope/large/split-large';
import { PLAIN_TYPE } from '../../../../lib/protocol/envelope/message-types';
import { singleContent } from '../../../../lib/protocol/envelope/pack-content';
import { SeededRandom } from '../../../../lib/testing/simulated-platform';

const crypto = chooseCryptoProvider();

/** Text that deflates little. */
function digits(length: number): string {
  return Buffer.from(new SeededRandom('digits').bytes(length)).toString('hex').slice(0, length);
}

function plain(content: MessageInput, type = 0, label = '') {
  const packed = packOutgoing(crypto, content, type, { label });
  return plainTextOf(singleContent(packed) ?? { type: PLAIN_TYPE.extended, data: joinedLarge(packed) });
}

describe('a message for an ordinary client', () => {
  it('is its text, without the label', () => {
    for (const label of ['', 'cellar']) {
      assert.deepEqual(plain('leak', 0, label), { type: 'normal', text: 'leak' });
      assert.deepEqual(plain('waves', 1, label), { type: 'action', text: 'waves' });
      assert.deepEqual(plain({ json: { leak: true } }, 0, label), { type: 'normal', text: '{"leak":true}' });
    }
  });

  it('is JSON inflated, up to the 1,372 bytes of an ordinary message', () => {
    const json = 'a'.repeat(1370);
    assert.deepEqual(plain({ json }), { type: 'normal', text: JSON.stringify(json) });
    assert.equal(plain({ json: `${json}a` }), undefined);
  });

  it('may have all those bytes under a label, which it does not get', () => {
    const text = digits(1372);
    assert.deepEqual(plain(text, 0, 'cellar'), { type: 'normal', text });
    assert.deepEqual(plain(text, 1, 'cellar'), { type: 'action', text });
    const json = digits(1370);
    assert.deepEqual(plain({ json }, 0, 'c'.repeat(255)), { type: 'normal', text: JSON.stringify(json) });
    for (const large of [`${text}0`, { json: `${json}0` }, digits(262_144), { json: 'a'.repeat(262_142) }]) {
      assert.equal(plain(large, 0, 'cellar'), undefined);
    }
  });

  it('cannot be bytes, even those of a text', () => {
    assert.equal(plain(new TextEncoder().encode('leak')), undefined);
    assert.equal(plain(new TextEncoder().encode(digits(1372)), 0, 'cellar'), undefined);
  });
});
