/**
 * A storage node to be killed: `mail-forever.ts ENGINE FOLDER NAME` stores, renews and deletes at once, and says
 * what was acknowledged: `stored N`, `deleting N` before a delete is asked for, `deleted N`.
 */
import { writeSync } from 'node:fs';
import type { StoreEngine } from '../../../lib/store/directory/manifest';
import { storageIdOfBytes } from '../../../lib/testing/engine/sample-mail';
import { FaultNode, numbered } from './fault-node';

const say = (line: string) => writeSync(1, `${line}\n`);

async function main(engine: StoreEngine, folder: string, name: string): Promise<void> {
  const node = await FaultNode.open(folder, engine);
  let next = 0;
  const work = async (): Promise<void> => {
    for (;;) {
      const n = next;
      next += 1;
      const { recipient, envelope } = numbered(name, n);
      if ((await node.store(envelope)) !== 'ok') throw new Error('a store was refused');
      say(`stored ${n}`);
      if (n % 5 === 1 && (await node.store(envelope, 7200)) !== 'known')
        throw new Error('a renewal was refused');
      if (n % 4 !== 3) continue;
      say(`deleting ${n}`);
      if ((await node.delete(recipient, storageIdOfBytes(envelope))) !== 'ok') throw new Error('not deleted');
      say(`deleted ${n}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

void main(process.argv[2] as StoreEngine, process.argv[3] ?? '', process.argv[4] ?? '');
