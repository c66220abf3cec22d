import assert from 'node:assert/strict';
import { utf8 } from '../../../../lib/bytes';
import { packOutgoing } from '../../../../lib/client/content/outgoing-content';
import { receivedContent } from '../../../../lib/client/content/received-content';
import type { MessageInput } from '../../../../lib/client/messages';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { singleContent } from '../../../../lib/protocol/envelope/pack-content';

const crypto = chooseCryptoProvider();

/** As it arrives at the friend. */
function arrived(content: MessageInput, type = 0, label = '') {
  const single = singleContent(packOutgoing(crypto, content, type, { label }));
  assert.ok(single);
  return receivedContent(single);
}

describe('what the handler gets', () => {
  it('is what was sent, with its kind and its label', () => {
    const bytes = new Uint8Array([0, 0xff]);
    const long = new Uint8Array(5000).fill(7);
    for (const label of ['', 'garden/temperature']) {
      const expected = { label: label === '' ? undefined : label };
      assert.deepEqual(arrived('ä', 0, label), { kind: 'text', content: 'ä', ...expected });
      assert.deepEqual(arrived('waves', 1, label), { kind: 'action', content: 'waves', ...expected });
      assert.deepEqual(arrived(bytes, 0, label), { kind: 'binary', content: bytes, ...expected });
      assert.deepEqual(arrived(long, 0, label), { kind: 'binary', content: long, ...expected });
      for (const json of [
        { a: [1, null, 'x', { b: true }] },
        'text',
        null,
        0,
        false,
        Array<number>(999).fill(1),
      ]) {
        const { content, kind, label: got, ...rest } = arrived({ json }, 0, label) ?? assert.fail();
        assert.deepEqual({ content, kind, label: got }, { content: json, kind: 'json', ...expected });
        assert.deepEqual(rest, { jsonText: JSON.stringify(json) });
      }
    }
  });

  it('shares no memory with what it was made from', () => {
    const data = new Uint8Array([1, 2, 3]);
    const received = receivedContent({ type: 2, data });
    data.fill(0);
    assert.deepEqual(received?.content, new Uint8Array([1, 2, 3]));
  });

  it('has JSON as it came beside the value, whose numbers may lose digits', () => {
    const received = receivedContent({ type: 3, data: utf8('[12345678901234567890]') });
    assert.ok(received?.kind === 'json');
    assert.equal(received.jsonText, '[12345678901234567890]');
  });

  it('is nothing where there is no whole message', () => {
    assert.equal(receivedContent({ type: 3, data: utf8('{') }), undefined);
    assert.equal(receivedContent({ type: 200, data: utf8('x') }), undefined);
  });
});
