import assert from 'node:assert/strict';
import { packOutgoing } from '../../../../lib/client/content/outgoing-content';
import { plainTextOf } from '../../../../lib/client/content/plain-text';
import type { MessageInput } from '../../../../lib/client/messages';
import { chooseCryptoProvider } from '../../../../lib/crypto/choose-provider';
import { singleContent } from '../../../../lib/protocol/envelope/pack-content';

const crypto = chooseCryptoProvider();

function plain(content: MessageInput, type = 0, label = '') {
  const single = singleContent(packOutgoing(crypto, content, type, { label }));
  assert.ok(single);
  return plainTextOf(single);
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

  it('cannot be bytes, even those of a text', () => {
    assert.equal(plain(new TextEncoder().encode('leak')), undefined);
  });
});
