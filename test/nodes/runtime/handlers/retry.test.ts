import assert from 'node:assert/strict';
import type { Random } from '../../../../lib/index';
import { SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { untilDone } from '../../../../nodes/runtime/handlers/retry';

/** A generator whose fraction is always this part of its range of 32 bits. */
const always = (byte: number): Random => ({ bytes: (n) => new Uint8Array(n).fill(byte) });

/** The waits, in milliseconds, of an attempt that succeeds after so many failures. */
async function waitsOf(failures: number, random: Random): Promise<number[]> {
  const time = new SimulatedTime();
  const waits: number[] = [];
  let left = failures;
  const done = untilDone(
    () => (left-- > 0 ? Promise.reject(new Error('not yet')) : Promise.resolve('done')),
    {
      platform: { timers: time.timers, random },
      signal: new AbortController().signal,
      onFailure: (_error, wait) => waits.push(wait),
    },
  );
  await time.advance(3_600_000);
  assert.equal(await done, 'done');
  return waits;
}

describe('an attempt that is made until it succeeds', () => {
  it('comes again ever later, and not at the same moment as others that failed with it', async () => {
    assert.deepEqual(await waitsOf(8, always(0)), [750, 1500, 3000, 6000, 12_000, 24_000, 45_000, 45_000]);
    const [first, ...later] = await waitsOf(8, always(0xff));
    assert.equal(first, 1250);
    assert.equal(later.at(-1), 75_000);
  });

  it('does not come again once it was ended, not even out of a wait', async () => {
    const time = new SimulatedTime();
    const ending = new AbortController();
    let attempts = 0;
    const done = untilDone<string>(() => Promise.reject(new Error(`${(attempts += 1)}`)), {
      platform: { timers: time.timers, random: always(0) },
      signal: ending.signal,
      onFailure: () => undefined,
    });
    await time.advance(1);
    ending.abort();
    assert.equal(await done, undefined);
    await time.advance(60_000);
    assert.equal(attempts, 1);
  });
});
