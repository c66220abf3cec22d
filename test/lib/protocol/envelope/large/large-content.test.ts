import assert from 'node:assert/strict';
import { utf8 } from '../../../../../lib/bytes';
import { deflate } from '../../../../../lib/platform/deflate';
import { judgeContent } from '../../../../../lib/protocol/envelope/content';
import { joinLarge, readLargeContent } from '../../../../../lib/protocol/envelope/large/large-content';
import { headOf } from '../../../vectors/support/reference/large';
import { filled, patch } from '../../support/fixtures';

const PAYLOAD = {
  payloadKey: filled(32, 9),
  label: utf8('cam'),
  inner: 3,
  deflated: true,
  data: filled(3000, 5),
};
const HEAD = headOf(PAYLOAD);

describe('the content of a large message', () => {
  it('is read from a head', () => {
    assert.deepEqual(readLargeContent({ type: 4, data: HEAD }), {
      inner: 3,
      isDeflated: true,
      label: 'cam',
      total: 3000,
      key: PAYLOAD.payloadKey,
      first: filled(1372 - 6 - 37, 5),
    });
    assert.equal(judgeContent({ type: 4, data: HEAD }), 'ok');
  });

  it('is in no content without its flag, and in none that is broken before it', () => {
    const none = [
      { type: 2, data: HEAD },
      { type: 4, data: patch(HEAD, 1, [1]) },
      { type: 4, data: patch(HEAD, 1, [4]) },
      { type: 4, data: patch(HEAD, 0, [0]) },
      { type: 4, data: new Uint8Array() },
    ];
    for (const content of none) assert.equal(readLargeContent(content), 'none');
  });

  it('is malformed when the head contradicts itself', () => {
    const wrong = { type: 4, data: headOf(PAYLOAD, { chunks: 2 }) };
    assert.equal(readLargeContent(wrong), 'malformed');
    assert.equal(judgeContent(wrong), 'malformed');
  });

  it('is judged once all is there', () => {
    const json = { inner: 3, isDeflated: false, label: 'cam' } as const;
    const bytes = utf8('{"a":1}');
    assert.deepEqual(joinLarge(json, bytes), { inner: 3, label: 'cam', bytes });
    assert.equal(joinLarge(json, utf8('{"a":')), 'malformed');
    assert.equal(joinLarge({ ...json, inner: 0 }, new Uint8Array([0xff])), 'malformed');
    assert.deepEqual(joinLarge({ ...json, inner: 2 }, new Uint8Array([0xff])), {
      inner: 2,
      label: 'cam',
      bytes: new Uint8Array([0xff]),
    });
  });

  it('is inflated to 262,144 bytes and no further', () => {
    const binary = { inner: 2, isDeflated: true, label: '' } as const;
    const most = joinLarge(binary, deflate(filled(262_144, 1)));
    assert.ok(most !== 'malformed');
    assert.equal(most.bytes.length, 262_144);
    assert.equal(joinLarge(binary, deflate(filled(262_145, 1))), 'malformed');
    assert.equal(joinLarge(binary, deflate(filled(5000, 1)).slice(0, -1)), 'malformed');
  });
});
