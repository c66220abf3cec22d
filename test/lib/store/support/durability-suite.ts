import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { utf8 } from '../../../../lib/bytes';
import { ToxAsyncError } from '../../../../lib/errors';
import type { Store } from '../../../../lib/store/store';
import { readSequence } from '../../../../lib/store/table';
import { cannotMount, fillVolume, makeScratch, mountSmallVolume } from './scratch';
import { hasCode } from '../../../../lib/testing/has-code';
import { keysOf } from '../../../../lib/testing/store/store-under-test';

/** What only a real process and a real disk can show, for the engines that keep files. */
export function durabilitySuite(engine: 'lmdb' | 'nedb', open: (path: string) => Promise<Store>): void {
  describe(`the files of the store on ${engine}`, () => {
    let scratch: ReturnType<typeof makeScratch>;

    beforeEach(() => {
      scratch = makeScratch();
    });

    afterEach(() => scratch.remove());

    it('are readable by their owner only', async () => {
      const path = join(scratch.path, 'store');
      const store = await open(path);
      await store.batch().put(utf8('a'), utf8('1')).commit();
      assert.equal(statSync(path).mode & 0o777, 0o600);
      await store.close();
    });

    it('hold every acknowledged batch, and no half of one, after the process was killed', async () => {
      const path = join(scratch.path, 'store');
      const acknowledged = new Set<number>();
      for (const many of [40, 90]) {
        for (const number of await commitUntilKilled(engine, path, many)) acknowledged.add(number);
        const store = await open(path);
        const found = { a: new Set<number>(), b: new Set<number>() };
        for (const side of ['a', 'b'] as const) {
          for (const [key] of store.range({ gte: utf8(side), lt: utf8(`${side}~`) })) {
            found[side].add(readSequence(new Uint8Array(key.slice(1))));
          }
        }
        await store.close();
        assert.deepEqual(found.a, found.b);
        for (const number of acknowledged) assert.ok(found.a.has(number), `batch ${number} is gone`);
      }
    });

    it('are safe on a full disk: a typed error, nothing lost, and work goes on when there is space', async function () {
      if (cannotMount()) return this.skip();
      const unmount = mountSmallVolume(scratch.path, 24);
      try {
        const store = await open(join(scratch.path, 'store'));
        await store.batch().put(utf8('before'), utf8('1')).commit();
        const ballast = fillVolume(scratch.path);
        const committed = await commitUntilRefused(store);
        assert.ok(keysOf(store).includes('before'), 'reads go on');
        // Once more: the engine lives on after the first refusal.
        await assert.rejects(large(store, 'again'), hasCode('ErrLocalStorageFull'));
        rmSync(ballast);
        await store.batch().put(utf8('later'), utf8('1')).commit();
        const expected = ['before', 'later', ...committed].sort();
        assert.deepEqual(acknowledgedKeys(store), expected);
        await store.close();
        const again = await open(join(scratch.path, 'store'));
        assert.deepEqual(acknowledgedKeys(again), expected);
        await again.close();
      } finally {
        unmount();
      }
    });

    it('cannot be made on a full disk, which the error says', async function () {
      if (cannotMount()) return this.skip();
      const unmount = mountSmallVolume(scratch.path, 2);
      try {
        fillVolume(scratch.path);
        await assert.rejects(
          open(join(scratch.path, 'store')).then((store) => large(store, 'x').finally(() => store.close())),
          hasCode('ErrLocalStorageFull'),
        );
      } finally {
        unmount();
      }
    });
  });
}

/** A batch too large for a full volume. */
function large(store: Store, key: string): Promise<void> {
  return store.batch().put(utf8(key), new Uint8Array(200_000)).commit();
}

async function commitUntilRefused(store: Store): Promise<string[]> {
  const committed: string[] = [];
  for (let n = 0; n < 200; n += 1) {
    const key = `full${n}`;
    try {
      await large(store, key);
    } catch (error) {
      assert.ok(ToxAsyncError.is(error, 'ErrLocalStorageFull'), String(error));
      return committed;
    }
    committed.push(key);
  }
  throw new Error('the volume never got full');
}

/** Without the batch that was refused: whether it is there is not said. */
function acknowledgedKeys(store: Store): string[] {
  return keysOf(store)
    .filter((key) => key !== 'again')
    .sort();
}

/** Numbers that commit-forever.ts had acknowledged when it was killed after `many` of them. */
async function commitUntilKilled(engine: string, path: string, many: number): Promise<number[]> {
  const program = join(__dirname, 'commit-forever.ts');
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', program, engine, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const numbers: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    numbers.push(Number(line));
    if (numbers.length === many) child.kill('SIGKILL');
  }
  await exited;
  assert.ok(numbers.length >= many, 'the process ended early');
  return numbers;
}
