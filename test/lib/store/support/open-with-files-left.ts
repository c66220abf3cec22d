/**
 * A process for a test: `open-with-files-left.ts PATH COUNT` opens files until the system allows COUNT more, and then
 * the lmdb file at PATH. Its limit is to be a small one.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { openLmdbFile } from '../../../../lib/store/lmdb/lmdb-loader';

function start(path: string, left: number): void {
  const files: number[] = [];
  try {
    for (;;) files.push(openSync('/dev/null', 'r'));
  } catch {
    for (const file of files.slice(0, left)) closeSync(file);
  }
  try {
    openLmdbFile(path);
    writeSync(1, 'opened');
  } catch (error) {
    writeSync(1, String(error));
  }
}

// lmdb is loaded before, and the loader for TypeScript opens some of its own files after the first module has run.
openLmdbFile(`${process.argv[2]}-other`);
setTimeout(() => start(process.argv[2] ?? '', Number(process.argv[3])), 100);
