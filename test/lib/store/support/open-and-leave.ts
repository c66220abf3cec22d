/** A process for a test: commits once to the lmdb store at PATH and then has nothing more to do. */
import { writeSync } from 'node:fs';
import { utf8 } from '../../../../lib/bytes';
import { systemDisk } from '../../../../lib/platform/system/system-disk';
import { openLmdbStore } from '../../../../lib/store/lmdb/lmdb-store';

void openLmdbStore({ path: process.argv[2] ?? '', disk: systemDisk })
  .then((store) => store.batch().put(utf8('a'), utf8('1')).commit())
  .then(() => writeSync(1, 'committed\n'));
