import assert from 'node:assert/strict';
import { ToxAsyncError } from '../../../../lib/errors';
import type { Clock } from '../../../../lib/platform/clock';
import { SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { AgeClock } from '../../../../lib/store/directory/age-clock';
import { MemoryVolume, openMemoryStore } from '../../../../lib/testing/memory-store';
import type { Store } from '../../../../lib/store/store';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('the age clock', () => {
  let volume: MemoryVolume;
  let store: Store;
  let time: SimulatedTime;
  let ages: AgeClock;

  const open = () => AgeClock.open({ store, clock: time.clock, timers: time.timers });
  /** The machine starts again: its monotonic clock too, and the wall clock shows `pause` more. */
  const restart = async (pause: number) => {
    volume.crash();
    store = openMemoryStore(volume);
    time = new SimulatedTime(time.clock.wall() + pause);
    ages = await open();
  };

  beforeEach(async () => {
    volume = new MemoryVolume();
    store = openMemoryStore(volume);
    time = new SimulatedTime();
    ages = await open();
  });

  it('begins at 0 and counts whole seconds', async () => {
    assert.equal(ages.now(), 0);
    await time.advance(1999);
    assert.equal(ages.now(), 1);
    await time.advance(1);
    assert.equal(ages.now(), 2);
  });

  it('does not follow the wall clock while it runs', async () => {
    await time.advance(10_000);
    time.stepWall(100 * DAY);
    assert.equal(ages.now(), 10);
    time.stepWall(-500 * DAY);
    await time.advance(10_000);
    assert.equal(ages.now(), 20);
  });

  it('counts the time in which the machine was suspended', async () => {
    await time.advance(10_000);
    time.suspend(3 * HOUR);
    await time.advance(1000);
    assert.equal(ages.now(), 11 + (3 * HOUR) / 1000);
    await time.advance(5 * MINUTE);
    time.suspend(3 * HOUR);
    await time.advance(MINUTE);
    assert.equal(ages.now(), 11 + 6 * 60 + (6 * HOUR) / 1000);
  });

  it('counts suspended time once, and keeps it over a restart', async () => {
    time.suspend(3 * HOUR);
    await time.advance(2 * MINUTE);
    await restart(0);
    assert.equal(ages.now(), 120 + (3 * HOUR) / 1000);
    await ages.close();
    await restart(-DAY);
    assert.equal(ages.now(), 120 + (3 * HOUR) / 1000);
  });

  it('counts many short suspensions', async () => {
    for (let i = 0; i < 60; i++) {
      time.suspend(1000);
      await time.advance(1000);
    }
    assert.ok(ages.now() >= 118 && ages.now() <= 120, String(ages.now()));
  });

  it('counts no step of the wall clock, be the machine suspended or not', async () => {
    time.suspend(HOUR);
    time.stepWall(5 * DAY);
    await time.advance(1000);
    time.stepWall(-9 * DAY);
    await time.advance(MINUTE);
    assert.equal(ages.now(), 61 + HOUR / 1000);
  });

  /** The age after a minute in which the clock that counts suspended time shows what `told` makes of it. */
  const ageWhenTold = async (told: (elapsed: number) => number | undefined) => {
    await ages.close();
    const honest = time.clock;
    let isTold = false;
    const clock: Clock = { ...honest, elapsed: () => (isTold ? told(honest.monotonic()) : honest.elapsed()) };
    const opened = await AgeClock.open({ store, clock, timers: time.timers });
    isTold = true;
    await time.advance(MINUTE);
    return opened.now();
  };

  for (const [what, told] of [
    ['is less than 2 seconds off', (ms: number) => ms + 1999],
    ['goes back', (ms: number) => ms - HOUR],
    ['starts over', () => 0],
    ['leaps by more than 7 days', (ms: number) => ms + 7 * DAY + MINUTE],
    ['fails', () => undefined],
    ['shows no number', () => NaN],
  ] as const) {
    it(`follows the monotonic clock alone when the other one ${what}`, async () => {
      assert.equal(await ageWhenTold(told), 60);
    });
  }

  it('trusts a clock again that went back before', async () => {
    await time.advance(10_000);
    time.suspend(-HOUR);
    await time.advance(1000);
    assert.equal(ages.now(), 11);
    time.suspend(3 * HOUR);
    await time.advance(1000);
    assert.equal(ages.now(), 12 + (3 * HOUR) / 1000);
  });

  it('adds the time it was down, up to 7 days', async () => {
    await time.advance(10_000);
    await ages.close();
    await restart(2 * DAY);
    assert.equal(ages.now(), 10 + (2 * DAY) / 1000);
    await ages.close();
    await restart(7 * DAY);
    assert.equal(ages.now(), 10 + (9 * DAY) / 1000);
  });

  it('adds nothing when the wall clock went back or far ahead', async () => {
    await time.advance(10_000);
    await ages.close();
    await restart(-1);
    assert.equal(ages.now(), 10);
    await ages.close();
    await restart(7 * DAY + 1);
    assert.equal(ages.now(), 10);
  });

  it('takes two boots with a clock far ahead for the time they show', async () => {
    await ages.close();
    await restart(6 * DAY);
    await ages.close();
    await restart(6 * DAY);
    assert.equal(ages.now(), (12 * DAY) / 1000);
  });

  it('adds nothing for a step that was made while it ran', async () => {
    await time.advance(10_000);
    time.stepWall(3 * DAY);
    await ages.close();
    await restart(5000);
    assert.equal(ages.now(), 15);
  });

  it('loses at most an hour in a crash, and nothing when the wall clock is right', async () => {
    await time.advance(2 * HOUR + 30 * MINUTE);
    await restart(-DAY);
    assert.equal(ages.now(), 7200);
    await time.advance(45_000);
    await restart(15_000);
    assert.equal(ages.now(), 7260);
  });

  it('loses at most a minute of the time in which something was written', async () => {
    await time.advance(10_000);
    for (let i = 0; i < 100; i++) {
      ages.noteWrite();
      await time.advance(10_000);
    }
    await restart(-DAY);
    assert.ok(ages.now() >= 1010 - 60, String(ages.now()));
  });

  it('saves once after many writes, and then not before an hour is over', async () => {
    let commits = 0;
    const batch = store.batch.bind(store);
    store.batch = () => {
      commits += 1;
      return batch();
    };
    for (let i = 0; i < 50; i++) {
      ages.noteWrite();
      await time.advance(1000);
    }
    await time.advance(10_000);
    assert.equal(commits, 1);
    await time.advance(HOUR - 1000);
    assert.equal(commits, 1);
    await time.advance(1000);
    assert.equal(commits, 2);
  });

  it('survives a save that fails, and saves again', async () => {
    const batch = store.batch.bind(store);
    store.batch = () => {
      const failing = batch();
      failing.commit = () => Promise.reject(new ToxAsyncError('ErrLocalStorageFull', 'full'));
      return failing;
    };
    await time.advance(3 * HOUR);
    assert.equal(ages.now(), 3 * 3600);
    await assert.rejects(ages.close(), (error) => ToxAsyncError.is(error, 'ErrLocalStorageFull'));
    store.batch = batch;
    await restart(0);
    assert.equal(ages.now(), 3 * 3600);
    await time.advance(2 * HOUR);
    await restart(-DAY);
    assert.equal(ages.now(), 5 * 3600);
  });

  it('loses no part of a second in many restarts', async () => {
    for (let i = 0; i < 10; i++) {
      await time.advance(999);
      await ages.close();
      await restart(1);
    }
    assert.equal(ages.now(), 10);
  });

  it('saves nothing after its close', async () => {
    await ages.close();
    await ages.close();
    assert.equal(time.pendingTimers, 0);
  });
});
