import assert from 'node:assert/strict';
import { hedgedRandom } from '../../../lib/crypto/hedged-random';
import { SeededRandom } from '../../../lib/testing/simulated-platform';
import { PROVIDERS } from './support/providers';

describe('hedged random bytes', () => {
  for (const crypto of PROVIDERS) {
    /** What a machine draws at a moment; all of them have the same generator in the same state. */
    const drawn = (moment: { monotonic?: number; wall?: number } = {}, secret = 'process') => {
      const process = new SeededRandom(secret);
      const machine = new SeededRandom('machine');
      let begun = false;
      const random = { bytes: (n: number) => (begun ? machine : process).bytes(n) };
      const clock = {
        monotonic: () => moment.monotonic ?? 5000,
        wall: () => moment.wall ?? 1_764_000_000_000,
      };
      const hedged = hedgedRandom({ crypto, random, clock });
      begun = true;
      return Buffer.from(hedged.bytes(32)).toString('hex');
    };

    it(`repeat while nothing differs, as the generator does (${crypto.name})`, () => {
      assert.equal(drawn(), drawn());
    });

    for (const [what, other] of [
      ['the monotonic clock', () => drawn({ monotonic: 5000.001 })],
      ['the wall clock', () => drawn({ wall: 1_764_000_000_001 })],
      ['the secret of the process', () => drawn({}, 'another process')],
    ] as const) {
      it(`differ with ${what} (${crypto.name})`, () => {
        assert.notEqual(other(), drawn());
      });
    }

    it(`differ from call to call of a generator that is stuck (${crypto.name})`, () => {
      const clock = { monotonic: () => 1, wall: () => 1 };
      const stuck = { bytes: (n: number) => new Uint8Array(n).fill(7) };
      const hedged = hedgedRandom({ crypto, random: stuck, clock });
      assert.notDeepEqual(hedged.bytes(32), hedged.bytes(32));
    });

    it(`are as many as were asked for, in memory of their own (${crypto.name})`, () => {
      const clock = { monotonic: () => 1, wall: () => 1 };
      const hedged = hedgedRandom({ crypto, random: new SeededRandom('lengths'), clock });
      for (const n of [0, 1, 3, 32, 4096]) {
        const bytes = hedged.bytes(n);
        assert.deepEqual([bytes.length, bytes.byteOffset, bytes.buffer.byteLength], [n, 0, n]);
      }
    });
  }
});
