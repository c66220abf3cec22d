/** A process for a test: commits to the lmdb store at PATH, once at once and once when that can wait, and then has nothing more to do. */
import { writeSync } from 'node:fs';
import { utf8 } from '../../../../lib/bytes';
import { systemDisk } from '../../../../lib/platform/system/system-disk';
import { openLmdbStore } from '../../../../lib/store/lmdb/lmdb-store';

void openLmdbStore({ path: process.argv[2] ?? '', disk: systemDisk })
  .then(async (store) => {
    await store.batch().put(utf8('a'), utf8('1')).commit();
    await store.batch().put(utf8('b'), utf8('2')).commit({ canWait: true });
  })
  .then(() => writeSync(1, 'committed\n'));
