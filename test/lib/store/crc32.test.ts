import assert from 'node:assert/strict';
import fc from 'fast-check';
import { utf8 } from '../../../lib/bytes';
import { crc32, tableCrc32 } from '../../../lib/store/crc32';

describe('CRC-32', () => {
  for (const [name, crc] of [
    ['of this Node', crc32],
    ['without zlib', tableCrc32],
  ] as const) {
    it(`${name} gives the published check values`, () => {
      assert.equal(crc(new Uint8Array()), 0);
      assert.equal(crc(utf8('123456789')), 0xcbf43926);
      assert.equal(crc(utf8('6789'), crc(utf8('12345'))), 0xcbf43926);
    });
  }

  it('is the same both ways, also when it goes on from other bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (first, second) => {
        assert.equal(crc32(second, crc32(first)), tableCrc32(second, tableCrc32(first)));
      }),
    );
  });
});
