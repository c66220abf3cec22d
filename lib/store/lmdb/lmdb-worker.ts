/**
 * The thread that writes to lmdb: it says 'ready', then answers each block of operations with 'committed' once
 * its transaction is synced. It catches nothing: after a failed commit lmdb cannot be trusted before its file is
 * opened again, so the thread ends with the error and lmdb-writer.ts starts another.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { compareBytes } from '../../bytes';
import { openLmdbFile } from './lmdb-loader';
import { operationsIn } from '../operations';

if (!parentPort) throw new Error('lmdb-worker runs only as a worker thread.');
const port = parentPort;
const database = openLmdbFile((workerData as { path: string }).path);
/** No key in the database is greater. */
let greatest = new Uint8Array();
for (const key of database.getKeys({ reverse: true, limit: 1 })) greatest = Uint8Array.from(key);
database.resetReadTxn();

port.on('message', (packed: ArrayBuffer) => {
  database.transactionSync(() => {
    for (const [key, value] of operationsIn(new Uint8Array(packed))) {
      if (value) put(key, value);
      else database.removeSync(key);
    }
  });
  port.postMessage('committed');
});
port.postMessage('ready');

/** Records written as an append fill their pages; otherwise lmdb leaves room for a record in each, or half of it. */
function put(key: Uint8Array, value: Uint8Array): void {
  const append = compareBytes(key, greatest) > 0;
  if (append) greatest = Uint8Array.from(key);
  database.putSync(key, value, { append });
}
