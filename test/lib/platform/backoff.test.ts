import assert from 'node:assert/strict';
import { backoff } from '../../../lib/platform/backoff';
import type { Random } from '../../../lib/platform/random';

const LIMITS = { first: 100, longest: 1500 };

/** A generator whose fraction is always this part of its range of 32 bits. */
const always = (byte: number): Random => ({ bytes: (n) => new Uint8Array(n).fill(byte) });

describe('back-off', () => {
  it('doubles from the first wait to the longest, and stays there', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 5000].map((failures) => backoff(failures, LIMITS));
    assert.deepEqual(waits, [100, 200, 400, 800, 1500, 1500, 1500, 1500]);
  });

  it('does not wait before anything has failed', () => {
    assert.equal(backoff(0, LIMITS), 0);
    assert.equal(backoff(-1, LIMITS), 0);
  });

  it('spreads a wait by up to a quarter either way, the longest too', () => {
    for (const [failures, wait] of [
      [1, 100],
      [9, 1500],
    ] as const) {
      assert.equal(backoff(failures, LIMITS, always(0)), wait * 0.75);
      assert.equal(backoff(failures, LIMITS, always(0x80)) > wait, true);
      const most = backoff(failures, LIMITS, always(0xff));
      assert.ok(most > wait * 1.249 && most < wait * 1.25, `${most}`);
    }
  });
});
