import assert from 'node:assert/strict';
import { ExpirySweep } from '../../../../lib/client/journal/expiry-sweep';
import { Listeners } from '../../../../lib/platform/listeners';
import { watchedStore } from '../../../../lib/store/directory/watched-store';
import { MemoryVolume, openMemoryStore } from '../../../../lib/testing/memory-store';
import { SimulatedTime } from '../../../../lib/testing/simulated-platform';
import type { Store } from '../../../../lib/store/store';
import { refuseCommits } from '../../../support/refusing-commits';

const MINUTE = 60_000;
const KEY = new Uint8Array([1]);

describe('the sweep of what is past its time', () => {
  let time: SimulatedTime;
  let store: Store;
  let sweep: ExpirySweep;
  /** Minutes at which there was a sweep. */
  let swept: number[];
  let errors: string[];
  /** Of two parts: the minute at which the next of it ends. */
  let ends: [number, number];
  /** Whether a sweep deletes something. */
  let deletes: boolean;

  const now = () => time.clock.monotonic() / MINUTE;
  const pass = async (minutes: number) => {
    await time.advance(minutes * MINUTE);
    return swept.splice(0);
  };
  const write = () => store.batch().put(KEY, KEY).commit();

  beforeEach(() => {
    time = new SimulatedTime();
    [swept, errors, ends, deletes] = [[], [], [Infinity, Infinity], false];
    const writes = new Listeners();
    const inner = openMemoryStore(new MemoryVolume());
    store = watchedStore(inner, { onFull: () => undefined, onWrite: () => writes.emit() });
    const part = (i: 0 | 1) => ({
      expire: (batch: ReturnType<Store['batch']>) => {
        if (i === 0) swept.push(now());
        if (deletes) batch.delete(KEY);
        deletes = false;
        return ends[i] * 60;
      },
    });
    sweep = new ExpirySweep({
      store,
      swept: [part(0), part(1)],
      onWrite: (listener) => writes.add(listener),
      ages: { now: () => Math.floor(time.clock.monotonic() / 1000) },
      clock: time.clock,
      timers: time.timers,
      hooks: { onError: (error) => errors.push(String(error)) },
    });
  });

  afterEach(() => sweep.stop());

  it('begins with a sweep, and is at rest while nothing ends and nothing is written', async () => {
    await sweep.start();
    assert.deepEqual(await pass(0), [0]);
    assert.equal(time.pendingTimers, 0);
  });

  it('comes when the first of all parts ends', async () => {
    ends = [500, 90];
    await sweep.start();
    assert.deepEqual(await pass(89), [0]);
    ends = [500, Infinity];
    assert.deepEqual(await pass(400), [90]);
    ends = [Infinity, Infinity];
    assert.deepEqual(await pass(10_000), [500]);
  });

  it('comes once in 10 min at most', async () => {
    ends = [0, 1];
    await sweep.start();
    assert.deepEqual(await pass(35), [0, 10, 20, 30]);
  });

  it('comes 10 min after something was written, which may end before all else', async () => {
    ends = [90, Infinity];
    await sweep.start();
    await pass(20);
    await write();
    await pass(5);
    await write();
    assert.deepEqual(await pass(60), [30]);
    assert.deepEqual(await pass(5), [90]);
  });

  it('comes once more after one that deleted something', async () => {
    deletes = true;
    await sweep.start();
    assert.deepEqual(await pass(1000), [0, 10]);
  });

  it('comes again after one that the disk refused, which it reports', async () => {
    const endRefusal = refuseCommits(store);
    await sweep.start();
    endRefusal();
    assert.deepEqual(await pass(1000), [0, 10]);
    assert.deepEqual(errors, ['Error: the disk is gone']);
  });

  it('ends with its stop', async () => {
    ends = [20, 30];
    await sweep.start();
    sweep.stop();
    await write();
    assert.equal(time.pendingTimers, 0);
  });
});
