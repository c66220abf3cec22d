import assert from 'node:assert/strict';
import { ToxAsyncError } from '../../../../lib/errors';
import { SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { AgeClock } from '../../../../lib/store/directory/age-clock';
import { MemoryVolume, openMemoryStore } from '../../../../lib/testing/memory-store';
import type { Store } from '../../../../lib/store/store';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

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

  it('adds nothing for a step that was made while it ran', async () => {
    await time.advance(10_000);
    time.stepWall(3 * DAY);
    await ages.close();
    await restart(5000);
    assert.equal(ages.now(), 15);
  });

  it('loses at most a minute in a crash, and nothing when the wall clock is right', async () => {
    await time.advance(10 * MINUTE + 30_000);
    await restart(-DAY);
    assert.equal(ages.now(), 600);
    await time.advance(45_000);
    await restart(15_000);
    assert.equal(ages.now(), 660);
  });

  it('survives a save that fails, and saves again', async () => {
    const batch = store.batch.bind(store);
    store.batch = () => {
      const failing = batch();
      failing.commit = () => Promise.reject(new ToxAsyncError('ErrLocalStorageFull', 'full'));
      return failing;
    };
    await time.advance(3 * MINUTE);
    assert.equal(ages.now(), 180);
    await assert.rejects(ages.close(), (error) => ToxAsyncError.is(error, 'ErrLocalStorageFull'));
    store.batch = batch;
    await restart(0);
    assert.equal(ages.now(), 180);
    await time.advance(2 * MINUTE);
    await restart(-DAY);
    assert.equal(ages.now(), 300);
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
