/**
 * The thread that writes to lmdb: it opens the file that it is told, then commits each block of operations, and
 * says 'done' to each: a block's transaction is synced then. It catches nothing: after a failed commit lmdb cannot be
 * trusted before its file is opened again, so the thread ends with the error and lmdb-writer.ts starts another. It ends
 * too when it is told undefined.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { compareBytes } from '../../bytes';
import { type LmdbDatabase, lmdbAvailable, openLmdbFile } from './lmdb-loader';
import { operationsIn } from '../operations';
import { ThreadGate } from './thread-gate';

if (!parentPort) throw new Error('lmdb-worker runs only as a worker thread.');
const port = parentPort;
const gate = new ThreadGate(workerData as SharedArrayBuffer);
// Loaded before there is a file to open: the other thread prepares that.
gate.work(lmdbAvailable);

let commit: ((packed: ArrayBuffer) => void) | undefined;
port.on('message', (asked: string | ArrayBuffer | undefined) => {
  if (asked === undefined) port.close();
  else gate.work(() => answer(asked));
});

function answer(asked: string | ArrayBuffer): void {
  if (typeof asked === 'string') commit = committerOf(openLmdbFile(asked));
  else commit?.(asked);
  port.postMessage('done');
}

function committerOf(database: LmdbDatabase): (packed: ArrayBuffer) => void {
  const put = putterOf(database);
  return (packed) =>
    database.transactionSync(() => {
      for (const [key, value] of operationsIn(new Uint8Array(packed))) {
        if (value) put(key, value);
        else database.removeSync(key);
      }
    });
}

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
