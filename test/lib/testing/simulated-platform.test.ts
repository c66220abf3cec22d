import assert from 'node:assert/strict';
import { createCipheriv, createHash } from 'node:crypto';
import fc from 'fast-check';
import { randomFraction } from '../../../lib/platform/random';
import { microtasks, SeededRandom, SimulatedTime } from '../../../lib/testing/simulated-platform';
import { sleep } from '../../../lib/platform/timers';

describe('simulated time', () => {
  it('passes only when it is advanced, the wall clock along with the monotonic one', async () => {
    const time = new SimulatedTime(5000);
    assert.deepEqual([time.clock.wall(), time.clock.monotonic()], [5000, 0]);
    await time.advance(250);
    assert.deepEqual([time.clock.wall(), time.clock.monotonic()], [5250, 250]);
  });

  it('steps the wall clock alone', () => {
    const time = new SimulatedTime(5000);
    time.stepWall(-3000);
    assert.deepEqual([time.clock.wall(), time.clock.monotonic()], [2000, 0]);
  });

  it('runs timers by due time, those due together in the order they were made', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 30 }), async (delays) => {
        const time = new SimulatedTime();
        const ran: [due: number, order: number][] = [];
        delays.forEach((ms, order) => time.timers.after(ms, () => ran.push([time.clock.monotonic(), order])));
        await time.advance(20);
        const expected = delays.map((ms, order): [number, number] => [ms, order]);
        expected.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
        assert.deepEqual(ran, expected);
      }),
      { numRuns: 50 },
    );
  });

  it('lets all that promises make ready run between two timers, also without a turn of the loop', async () => {
    for (const settle of [undefined, microtasks]) {
      const time = new SimulatedTime(0, settle);
      const seen: string[] = [];
      let steps = 0;
      const many = async () => {
        for (; steps < 500; steps += 1) await Promise.resolve();
        time.timers.after(1, () => seen.push('made by promises'));
      };
      time.timers.after(5, () => void many());
      time.timers.after(6, () => seen.push(`${steps} steps`));
      await time.advance(10);
      assert.deepEqual(seen, ['500 steps', 'made by promises']);
    }
  });

  it('leaves timers alone that are due later, and runs them once', async () => {
    const time = new SimulatedTime();
    let runs = 0;
    time.timers.after(100, () => runs++);
    await time.advance(99);
    assert.equal(runs, 0);
    await time.advance(1);
    await time.advance(500);
    assert.equal(runs, 1);
    assert.equal(time.pendingTimers, 0);
  });

  it('runs no cancelled timer, and keeps the others', async () => {
    const time = new SimulatedTime();
    const ran: string[] = [];
    time.timers.after(10, () => ran.push('a'));
    const b = time.timers.after(10, () => ran.push('b'));
    time.timers.after(10, () => ran.push('c'));
    b.cancel();
    b.cancel();
    await time.advance(10);
    assert.deepEqual(ran, ['a', 'c']);
  });

  it('lets a timer see what the one before it set off', async () => {
    const time = new SimulatedTime();
    const seen: string[] = [];
    void sleep(time.timers, 5).then(async () => {
      for (let i = 0; i < 20; i++) await Promise.resolve();
      await new Promise((resolve) => setImmediate(resolve));
      seen.push('effect');
      time.timers.after(1, () => seen.push('follower'));
    });
    time.timers.after(6, () => seen.push('next'));
    await time.advance(10);
    assert.deepEqual(seen, ['effect', 'next', 'follower']);
  });

  it('gives even a zero wait a millisecond, so a loop of them ends', async () => {
    const time = new SimulatedTime();
    let runs = 0;
    const again = () => {
      runs++;
      time.timers.after(0, again);
    };
    time.timers.after(-7, again);
    await time.advance(10);
    assert.equal(runs, 10);
  });

  it('hands a timer’s error to the caller that advances the time', async () => {
    const time = new SimulatedTime();
    time.timers.after(1, () => {
      throw new Error('from the timer');
    });
    await assert.rejects(time.advance(1), /from the timer/);
    await time.advance(1);
  });

  it('lets promises run first when a callback of the loop advances it as well', async () => {
    const time = new SimulatedTime(undefined, microtasks);
    const ran = await new Promise<number[]>((resolve, reject) => {
      setImmediate(() => {
        const moments: number[] = [];
        const work = async () => {
          for (let step = 0; step < 5; step += 1) await Promise.resolve();
          time.timers.after(10, () => moments.push(time.clock.monotonic()));
        };
        void work();
        time.advance(100).then(() => resolve(moments), reject);
      });
    });
    assert.deepEqual(ran, [10]);
  });

  it('refuses to be advanced twice at once', async () => {
    const time = new SimulatedTime();
    const first = time.advance(1);
    await assert.rejects(time.advance(1), /already running/);
    await first;
  });
});

describe('seeded random', () => {
  it('repeats itself for one seed and differs for another', () => {
    const draw = (seed: string | number) => Buffer.from(new SeededRandom(seed).bytes(64)).toString('hex');
    assert.equal(draw(7), draw('7'));
    assert.notEqual(draw(7), draw(8));
  });

  it('gives the same bytes however they are asked for', () => {
    const whole = new SeededRandom('a').bytes(20_000);
    const parts = new SeededRandom('a');
    const sizes = [3, 0, 4092, 2, 4095, 4096, 7712];
    assert.deepEqual(Buffer.concat(sizes.map((size) => parts.bytes(size))), Buffer.from(whole));
  });

  it('is the keystream that its description names', () => {
    const key = createHash('sha256').update('a').digest();
    const stream = createCipheriv('aes-256-ctr', key, new Uint8Array(16)).update(new Uint8Array(10_000));
    assert.deepEqual(Buffer.from(new SeededRandom('a').bytes(10_000)), stream);
  });

  it('spreads evenly', () => {
    const random = new SeededRandom(1);
    let sum = 0;
    for (let i = 0; i < 10_000; i++) sum += randomFraction(random);
    assert.ok(Math.abs(sum / 10_000 - 0.5) < 0.02);
  });
});
