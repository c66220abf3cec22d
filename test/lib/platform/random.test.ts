import assert from 'node:assert/strict';
import { toHex } from '../../../lib/bytes';
import { createSystemRandom, systemRandom } from '../../../lib/platform/random';

/** A generator whose bytes count up, and the buffers it was asked to fill. */
function counting() {
  const filled: Uint8Array[] = [];
  let next = 0;
  const random = createSystemRandom((buffer) => {
    filled.push(buffer);
    buffer.forEach((_byte, i) => (buffer[i] = 1 + (next++ % 251)));
  });
  return { random, filled };
}

describe('system randomness', () => {
  it('gives as many bytes as it is asked for, other ones each time', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 500; i += 1) seen.add(toHex(systemRandom.bytes(32)));
    assert.equal(seen.size, 500);
    for (const n of [0, 1, 1024, 1025, 65_536]) assert.equal(systemRandom.bytes(n).length, n);
  });

  it('gives every byte that it draws at most once', () => {
    const { random } = counting();
    for (let i = 0; i < 5; i += 1) {
      const bytes = [...random.bytes(32), ...random.bytes(1), ...random.bytes(15)];
      assert.deepEqual(
        bytes,
        bytes.map((_byte, at) => 1 + ((48 * i + at) % 251)),
      );
    }
  });

  it('keeps nothing of what it gave', () => {
    const { random, filled } = counting();
    const given = random.bytes(40);
    const [pool] = filled;
    assert.deepEqual(pool!.slice(0, 40), new Uint8Array(40));
    assert.notEqual(given.buffer, pool!.buffer);
    assert.ok(pool!.slice(40).every((byte) => byte !== 0));
  });

  it('draws again instead of giving what is left over and too little', () => {
    const { random, filled } = counting();
    random.bytes(1000);
    assert.equal(random.bytes(32)[0], 1 + (1024 % 251));
    assert.equal(filled.length, 2);
  });
});
