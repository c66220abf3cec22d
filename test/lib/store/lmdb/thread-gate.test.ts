import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { LmdbThread } from '../../../../lib/store/lmdb/lmdb-thread';
import { ThreadGate } from '../../../../lib/store/lmdb/thread-gate';
import { makeScratch } from '../support/scratch';

const support = (name: string) => join(__dirname, '../support', name);

describe('the gate of a thread', () => {
  /** A thread that is inside for `ms`, and how many pieces of work it began and ended. */
  async function threadInside(ms: number) {
    const gate = new ThreadGate();
    const count = new Int32Array(new SharedArrayBuffer(8));
    const worker = new Worker(support('gated-thread.ts'), {
      workerData: { memory: gate.memory, counts: count.buffer, ms },
    });
    await once(worker, 'message');
    return { gate, worker, counts: () => [Atomics.load(count, 0), Atomics.load(count, 1)] };
  }

  it('is shut only after the work inside has ended, and nothing begins after that', async () => {
    const { gate, worker, counts } = await threadInside(300);
    gate.shut(10_000);
    const [begun, ended] = counts();
    assert.equal(begun, ended);
    assert.ok(Number(ended) > 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(counts(), [begun, ended]);
    await worker.terminate();
  });

  it('is left as it is when the work inside takes longer than the limit', async () => {
    const { gate, worker, counts } = await threadInside(2000);
    gate.shut(50);
    assert.deepEqual(counts(), [1, 0]);
    await worker.terminate();
  });

  it('is shut at once where nobody is inside, and once more', () => {
    const gate = new ThreadGate();
    gate.shut(0);
    gate.shut(0);
    assert.equal(new Int32Array(gate.memory)[0], 2);
  });

  it('opens again after work that threw', () => {
    const gate = new ThreadGate();
    assert.throws(
      () =>
        gate.work(() => {
          throw new RangeError('of the work');
        }),
      RangeError,
    );
    assert.equal(
      gate.work(() => 'done'),
      'done',
    );
  });
});

describe('a process with a writing thread', () => {
  const runs = (how: string, commits: string, times: readonly number[]) => async () => {
    const scratch = makeScratch();
    try {
      for (const ms of times) {
        const program = [support('end-in-the-middle.ts'), join(scratch.path, 'store'), `${ms}`, how, commits];
        const child = spawn(process.execPath, ['--require', 'tsx/cjs', ...program], { stdio: 'ignore' });
        const tooLong = setTimeout(() => child.kill('SIGKILL'), 8000);
        const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
        clearTimeout(tooLong);
        assert.deepEqual([code, signal], [how === 'exit' ? 3 : 0, null], `after ${ms} ms`);
      }
    } finally {
      scratch.remove();
    }
  };

  it(
    'ends by process.exit while the thread commits',
    runs('exit', 'commits', [1, 7, 13, 19, 25, 31, 37, 43]),
  );
  it('ends by process.exit while the thread gets ready', runs('exit', '', [0, 30, 60, 90, 120, 150]));
  it('ends by itself while the thread gets ready', runs('by itself', '', [0, 30, 60, 90, 120, 150]));

  it('ends threads at any moment of their start', async () => {
    for (const ms of [0, 20, 40, 60, 80, 100, 120]) {
      const thread = new LmdbThread();
      await new Promise((resolve) => setTimeout(resolve, ms));
      await thread.end();
      await thread.end();
      assert.equal(thread.hasEnded, true);
    }
  });

  it('has one listener for the ends of all its threads, and none after them', async () => {
    const before = process.listenerCount('exit');
    const threads = Array.from({ length: 12 }, () => new LmdbThread());
    assert.equal(process.listenerCount('exit'), before + 1);
    await Promise.all(threads.map((thread) => thread.end()));
    assert.equal(process.listenerCount('exit'), before);
  });
});
