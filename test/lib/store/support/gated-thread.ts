/** A thread for a test of ThreadGate: does one long piece of work inside, then short ones for ever, and counts both ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { ThreadGate } from '../../../../lib/store/lmdb/thread-gate';

const { memory, counts, ms } = workerData as {
  memory: SharedArrayBuffer;
  counts: SharedArrayBuffer;
  ms: number;
};
const gate = new ThreadGate(memory);
const count = new Int32Array(counts);
const work = (long: number) => () => {
  Atomics.add(count, 0, 1);
  if (long > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, long);
  Atomics.add(count, 1, 1);
};
gate.work(() => {
  parentPort?.postMessage('inside');
  work(ms)();
});
for (;;) gate.work(work(0));
