/**
 * The thread that writes to lmdb: it opens the file that it is told and says 'ready', then answers each block of
 * operations with 'committed' once its transaction is synced. It catches nothing: after a failed commit lmdb cannot be
 * trusted before its file is opened again, so the thread ends with the error and lmdb-writer.ts starts another.
 */
import { parentPort } from 'node:worker_threads';
import { compareBytes } from '../../bytes';
import { type LmdbDatabase, lmdbAvailable, openLmdbFile } from './lmdb-loader';
import { operationsIn } from '../operations';

if (!parentPort) throw new Error('lmdb-worker runs only as a worker thread.');
const port = parentPort;
// Loaded before there is a file to open: the other thread prepares that.
lmdbAvailable();

port.once('message', (path: string) => {
  const database = openLmdbFile(path);
  const put = putterOf(database);
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
});

/** Records written as an append fill their pages; otherwise lmdb leaves room for a record in each, or half of it. */
function putterOf(database: LmdbDatabase): (key: Uint8Array, value: Uint8Array) => void {
  /** No key in the database is greater. */
  let greatest = new Uint8Array();
  for (const key of database.getKeys({ reverse: true, limit: 1 })) greatest = Uint8Array.from(key);
  database.resetReadTxn();
  return (key, value) => {
    const append = compareBytes(key, greatest) > 0;
    if (append) greatest = Uint8Array.from(key);
    database.putSync(key, value, { append });
  };
}
