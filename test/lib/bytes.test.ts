import assert from 'node:assert/strict';
import { readUtf8, utf8 } from '../../lib/bytes';
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
