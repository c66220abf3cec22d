import assert from 'node:assert/strict';
import { utf8 } from '../../bytes';
import type { TestRunner } from '../test-runner';
import { keysOf, type StorePlace } from './store-under-test';

/** A place whose open store can be ended as a dying process or a power cut ends it. */
export interface CrashablePlace extends StorePlace {
  /** What is not durable is lost; the next `open` finds the rest. */
  crash(): Promise<void>;
}

const BATCHES = 40;
const TURNS = [0, 1, 2, 3, 5, 8, 13];

/** What every Store keeps through a crash: each batch that was committed, and no half of one. */
export function storeCrashSuite(
  { describe, it }: TestRunner,
  name: string,
  makePlace: () => Promise<CrashablePlace>,
): void {
  describe(`the store on ${name}, through a crash`, () => {
    const crashing = async (turns: number): Promise<void> => {
      const place = await makePlace();
      try {
        const committed = await commitUntilCrash(place, turns);
        const store = await place.open();
        const keys = new Set(keysOf(store));
        await store.close();
        for (let n = 0; n < BATCHES; n += 1) {
          assert.equal(keys.has(`a${n}`), keys.has(`b${n}`), `batch ${n} is there in half`);
          assert.ok(keys.has(`a${n}`) || !committed.has(n), `batch ${n} was committed and is gone`);
        }
      } finally {
        await place.remove();
      }
    };

    it('has every committed batch, and each batch whole or not at all', async () => {
      for (const turns of TURNS) await crashing(turns);
    });

    it('takes commits again afterwards', async () => {
      const place = await makePlace();
      await place.open();
      await place.crash();
      const store = await place.open();
      await store.batch().put(utf8('after'), utf8('1')).commit();
      await store.close();
      const again = await place.open();
      assert.deepEqual(keysOf(again), ['after']);
      await again.close();
      await place.remove();
    });
  });
}

/** Numbers of the batches whose commit resolved before the crash, which comes after so many turns of the loop. */
async function commitUntilCrash(place: CrashablePlace, turns: number): Promise<Set<number>> {
  const store = await place.open();
  const committed = new Set<number>();
  const commits = Array.from({ length: BATCHES }, async (_, n) => {
    for (let turn = 0; turn < n % 9; turn += 1) await Promise.resolve();
    await store
      .batch()
      .put(utf8(`a${n}`), utf8('1'))
      .put(utf8(`b${n}`), utf8('1'))
      .commit();
    committed.add(n);
  });
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
  const before = new Set(committed);
  await place.crash();
  await Promise.allSettled(commits);
  return before;
}
