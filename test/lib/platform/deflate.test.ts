import assert from 'node:assert/strict';
import { concat, fromHex, utf8 } from '../../../lib/bytes';
import { deflate, inflate } from '../../../lib/platform/deflate';

const MOST = 262_144;

describe('raw DEFLATE', () => {
  it('gives back what was deflated, up to the last byte that is allowed', () => {
    for (const bytes of [new Uint8Array(), utf8('leak'), new Uint8Array(MOST).fill(0x61)]) {
      assert.deepEqual(inflate(deflate(bytes), MOST), bytes);
    }
  });

  it('takes the bytes of RFC 1951 that others make', () => {
    // One stored block, and one with fixed Huffman codes.
    assert.deepEqual(inflate(fromHex('010400fbff6c65616b')!, MOST), utf8('leak'));
    assert.deepEqual(inflate(fromHex('cb494dcc0600')!, MOST), utf8('leak'));
  });

  it('stops at the limit: a bomb gives nothing, and costs no more memory than the limit', () => {
    const bomb = deflate(new Uint8Array(100_000_000));
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 20; i += 1) assert.equal(inflate(bomb, MOST), undefined);
    assert.ok(process.memoryUsage().arrayBuffers - before < 20_000_000);
    assert.equal(inflate(deflate(new Uint8Array(MOST + 1)), MOST), undefined);
  });

  it('takes nothing that is cut short, damaged, or followed by more', () => {
    const whole = deflate(utf8('leak leak leak leak'));
    for (let length = 0; length < whole.length; length += 1) {
      assert.equal(inflate(whole.subarray(0, length), MOST), undefined, String(length));
    }
    assert.equal(inflate(concat(whole, new Uint8Array(1)), MOST), undefined);
    assert.equal(inflate(concat(whole, whole), MOST), undefined);
    assert.equal(inflate(new Uint8Array([0xff, 0xff]), MOST), undefined);
  });
});
