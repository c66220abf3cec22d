/**
 * A process that reads every record of the lmdb file given to it and ends with 0; with any other code or a signal
 * where a page is damaged. See isReadableLmdbFile.
 */
import { openLmdbFile } from './lmdb-loader';

const rows = openLmdbFile(process.argv[2] ?? '')
  .getRange({ start: Uint8Array.of(0) })
  [Symbol.iterator]();
while (rows.next().done !== true);
process.exit(0);
