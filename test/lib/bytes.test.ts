import assert from 'node:assert/strict';
import { copyOf, readUtf8, utf8 } from '../../lib/bytes';
import { ToxAsyncError } from '../../lib/errors';

describe('UTF-8', () => {
  it('carries whole characters of every plane', () => {
    for (const text of ['', 'a\0b', 'Grüße', '漢字', '🚰', '👩‍🚒']) assert.equal(readUtf8(utf8(text)), text);
  });

  for (const text of ['\ud83d', 'x\udeb0', '\udeb0\ud83d', `${'a'.repeat(2000)}\ud83d!`]) {
    it(`refuses half of a surrogate pair instead of changing it: ${JSON.stringify(text.slice(-8))}`, () => {
      assert.throws(
        () => utf8(text),
        (error) => ToxAsyncError.is(error, 'ErrMalformed'),
      );
    });
  }
});

describe('A copy of bytes', () => {
  it('has memory of its own, whatever it is a copy of', () => {
    const whole = new Uint8Array([1, 2, 3]);
    for (const bytes of [new Uint8Array([1, 2]), Buffer.from([1, 2]), whole.subarray(0, 2)]) {
      const copy = copyOf(bytes);
      bytes.fill(0);
      assert.deepEqual(copy, new Uint8Array([1, 2]));
    }
  });
});
