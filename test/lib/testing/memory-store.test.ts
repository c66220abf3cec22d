import assert from 'node:assert/strict';
import { utf8 } from '../../../lib/bytes';
import type { Timers } from '../../../lib/platform/timers';
import { MemoryVolume, openMemoryStore } from '../../../lib/testing/memory-store';
import { hasCode } from '../../../lib/testing/has-code';
import { storeCrashSuite } from '../../../lib/testing/store/store-crash-suite';
import { storeSuite } from '../../../lib/testing/store/store-suite';
import { keysOf } from '../../../lib/testing/store/store-under-test';

storeSuite(
  { describe, it, after },
  'memory',
  async () => {
    const volume = new MemoryVolume();
    return { open: async () => openMemoryStore(volume), remove: async () => undefined };
  },
  { histories: 100 },
);

const crashable = async () => {
  const volume = new MemoryVolume();
  return {
    open: async () => openMemoryStore(volume),
    crash: async () => volume.crash(),
    remove: async () => undefined,
  };
};
storeCrashSuite({ describe, it, after }, 'memory', crashable);

describe('a memory volume', () => {
  /** Timers that fire when the test says so. */
  function manualTimers(): { timers: Timers; fire: () => void } {
    const due: (() => void)[] = [];
    const timers: Timers = {
      after: (_ms, run) => {
        due.push(run);
        return { cancel: () => undefined };
      },
    };
    return { timers, fire: () => due.splice(0).forEach((run) => run()) };
  }
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const fixed = (byte: number) => ({ bytes: (n: number) => new Uint8Array(n).fill(byte) });

  async function crashWithThreeCommitsUnderWay(random?: ReturnType<typeof fixed>) {
    const { timers } = manualTimers();
    const slow = new MemoryVolume({ timers, ms: 5 });
    const store = openMemoryStore(slow);
    const commits = ['x', 'y', 'z'].map((key) =>
      store
        .batch()
        .put(utf8(`${key}1`), utf8('1'))
        .put(utf8(`${key}2`), utf8('2'))
        .commit(),
    );
    const failed = Promise.all(commits.map((commit) => assert.rejects(commit, hasCode('ErrClosed'))));
    await turn();
    slow.crash(random);
    await failed;
    return { slow, store };
  }

  it('resolves a commit only when its delay is over', async () => {
    const { timers, fire } = manualTimers();
    const store = openMemoryStore(new MemoryVolume({ timers, ms: 5 }));
    let done = false;
    const commit = store
      .batch()
      .put(utf8('a'), utf8('1'))
      .commit()
      .then(() => (done = true));
    await turn();
    assert.equal(done, false);
    assert.deepEqual(keysOf(store), []);
    fire();
    await commit;
    assert.deepEqual(keysOf(store), ['a']);
  });

  it('loses in a crash whatever has not resolved, and keeps whatever has', async () => {
    const { slow, store } = await crashWithThreeCommitsUnderWay();
    assert.throws(() => store.get(utf8('x1')), hasCode('ErrClosed'));
    assert.deepEqual(keysOf(openMemoryStore(slow)), []);
  });

  it('may find the first commits under way on the disk after a crash, each as a whole', async () => {
    const { slow } = await crashWithThreeCommitsUnderWay(fixed(0x80));
    assert.deepEqual(keysOf(openMemoryStore(slow)), ['x1', 'x2', 'y1', 'y2']);
  });

  it('is open only once at a time', async () => {
    const volume = new MemoryVolume();
    const store = openMemoryStore(volume);
    assert.throws(() => openMemoryStore(volume), hasCode('ErrStore'));
    await store.close();
    await openMemoryStore(volume).close();
  });
});
