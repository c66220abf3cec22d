/**
 * A process for a test: starts a writing thread that gets ready, or that commits large blocks to PATH one after the
 * other once it has when COMMITS is not empty; MS milliseconds later it ends by process.exit(3) or, by itself, with 0.
 */
import { utf8 } from '../../../../lib/bytes';
import { LmdbThread } from '../../../../lib/store/lmdb/lmdb-thread';
import { Operations } from '../../../../lib/store/operations';

const [, , path = '', ms, how, commits] = process.argv;
const thread = new LmdbThread();
const block = () => {
  const operations = new Operations();
  for (let n = 0; n < 3000; n += 1) operations.put(utf8(`key ${n}`), [new Uint8Array(500)]);
  return operations.take();
};
const endLater = () => setTimeout(() => how === 'exit' && process.exit(3), Number(ms));

if (!commits) endLater();
else
  void thread.open(path).then(async () => {
    endLater();
    for (;;) await thread.commit(block());
  });
