import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { KeyedQueue } from '../../../../lib/platform/queues/keyed-queue';

const A = new Uint8Array(32).fill(1);
const B = new Uint8Array(32).fill(2);

/** A task that says when it starts and ends when it is let go. */
function gate(log: string[], name: string) {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return {
    open,
    task: async () => {
      log.push(`${name} starts`);
      await opened;
      log.push(`${name} ends`);
    },
  };
}

describe('a queue for each key', () => {
  it('runs the tasks of one key in order and those of others beside them', async () => {
    const queue = new KeyedQueue();
    const log: string[] = [];
    const [first, second, other] = [gate(log, 'first'), gate(log, 'second'), gate(log, 'other')];
    const all = [queue.run(A, first.task), queue.run(A.slice(), second.task), queue.run(B, other.task)];
    second.open();
    await setImmediate();
    assert.deepEqual(log, ['first starts', 'other starts']);
    first.open();
    await all[1];
    assert.deepEqual(log.slice(2), ['first ends', 'second starts', 'second ends']);
    other.open();
    await Promise.all(all);
  });

  it('gives each caller the result of its task, and goes on after a failure', async () => {
    const queue = new KeyedQueue();
    const failing = queue.run(A, () => Promise.reject(new Error('no')));
    const throwing = queue.run(A, () => {
      throw new Error('nor this');
    });
    const working = queue.run(A, () => 'done');
    await assert.rejects(failing, /^Error: no$/);
    await assert.rejects(throwing, /nor this/);
    assert.equal(await working, 'done');
  });

  it('keeps nothing of a key that is idle', async () => {
    const queue = new KeyedQueue();
    const last = queue.run(A, () => Promise.reject(new Error('no')));
    assert.equal(queue.size, 1);
    await assert.rejects(last);
    assert.equal(queue.size, 0);
    await Promise.all([queue.run(A, () => 1), queue.run(B, () => 2)]);
    assert.equal(queue.size, 0);
  });

  it('tells its listener when a key is idle, whatever became of the tasks', async () => {
    const queue = new KeyedQueue();
    const idle: Uint8Array[] = [];
    queue.listen((key) => idle.push(key));
    const first = queue.run(A, () => {});
    const failing = queue.run(A, () => Promise.reject(new Error('no')));
    await first;
    assert.deepEqual(idle, []);
    await assert.rejects(failing);
    assert.deepEqual(idle, [A]);
  });

  it('counts what was added since the key was last idle', async () => {
    const queue = new KeyedQueue();
    assert.equal(queue.added(A), 0);
    const first = queue.run(A, () => {});
    const second = queue.run(A, () => {});
    assert.deepEqual([queue.added(A), queue.added(B)], [2, 0]);
    await first;
    assert.equal(queue.added(A), 2);
    await second;
    assert.equal(queue.added(A), 0);
  });

  it('is idle when everything added so far has finished', async () => {
    const queue = new KeyedQueue();
    const log: string[] = [];
    const [a, b] = [gate(log, 'a'), gate(log, 'b')];
    void queue.run(A, a.task);
    void queue.run(B, b.task);
    const idle = queue.idle().then(() => log.push('idle'));
    b.open();
    await setImmediate();
    assert.deepEqual(log, ['a starts', 'b starts', 'b ends']);
    a.open();
    await idle;
    assert.deepEqual(log.slice(3), ['a ends', 'idle']);
  });
});
