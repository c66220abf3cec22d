import assert from 'node:assert/strict';
import fc from 'fast-check';
import { concat, utf8 } from '../../../lib/bytes';
import { crc32 } from '../../../lib/store/crc32';

describe('CRC-32', () => {
  it('gives the published check values', () => {
    assert.equal(crc32(new Uint8Array()), 0);
    assert.equal(crc32(utf8('123456789')), 0xcbf43926);
    assert.equal(crc32(utf8('6789'), crc32(utf8('12345'))), 0xcbf43926);
  });

  it('goes on from the CRC of other bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (first, second) => {
        assert.equal(crc32(second, crc32(first)), crc32(concat(first, second)));
      }),
    );
  });
});
