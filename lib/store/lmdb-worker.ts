/**
 * The thread that writes to lmdb: it says 'ready', then answers each block of operations with 'committed' once
 * its transaction is synced. It catches nothing: after a failed commit lmdb cannot be trusted before its file is
 * opened anew, so the thread ends with the error and lmdb-writer.ts starts another.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { unpackOperations } from './lmdb-frame';
import { openLmdbFile } from './lmdb-loader';

if (!parentPort) throw new Error('lmdb-worker runs only as a worker thread.');
const port = parentPort;
const database = openLmdbFile((workerData as { path: string }).path);

port.on('message', (packed: ArrayBuffer) => {
  database.transactionSync(() => {
    for (const [key, value] of unpackOperations(packed)) {
      if (value) database.putSync(key, value);
      else database.removeSync(key);
    }
  });
  port.postMessage('committed');
});
port.postMessage('ready');
