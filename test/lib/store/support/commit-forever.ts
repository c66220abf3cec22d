/**
 * A process for crash tests: `commit-forever.ts ENGINE PATH` commits pairs of keys (a and b of each number) until
 * it is killed, and prints a number when its batch is acknowledged.
 */
import { writeSync } from 'node:fs';
import { utf8 } from '../../../../lib/bytes';
import { systemDisk } from '../../../../lib/platform/system/system-disk';
import { openLmdbStore } from '../../../../lib/store/lmdb/lmdb-store';
import { openNedbStore } from '../../../../lib/store/nedb/nedb-store';
import { sequenceKey } from '../../../../lib/store/table';

async function main(engine: string, path: string): Promise<void> {
  const store = await (engine === 'lmdb'
    ? openLmdbStore({ path, disk: systemDisk })
    : openNedbStore({ path }));
  let next = [...store.range({ gte: utf8('a'), lt: utf8('b') })].length;
  const commit = async (): Promise<void> => {
    for (;;) {
      const number = next;
      next += 1;
      const batch = store.batch();
      for (const side of ['a', 'b'])
        batch.put(Buffer.from([...utf8(side), ...sequenceKey(number)]), new Uint8Array(400));
      await batch.commit();
      writeSync(1, `${number}\n`);
    }
  };
  await Promise.all([commit(), commit(), commit(), commit()]);
}

void main(process.argv[2] ?? '', process.argv[3] ?? '');
