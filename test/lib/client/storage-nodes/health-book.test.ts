import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import type { PublicKey } from '../../../../lib/types';
import { hex, NodesBench, stores } from './support/nodes-bench';

describe('storage nodes', () => {
  let bench: NodesBench;

  beforeEach(() => {
    bench = new NodesBench();
  });

  describe('health', () => {
    const best = () => toHex(bench.nodes.candidates(bench.recipient)[0]!);
    /** What was written so far is durable. */
    const restart = async () => {
      await bench.persist();
      bench.nodes = bench.open();
    };

    it('of a node that lost mail is still bad after a restart, until it is no friend any more', async () => {
      const [first] = bench.ordered(bench.meet(4)) as [PublicKey];
      bench.nodes.noteBroken(first);
      assert.notEqual(best(), toHex(first));
      await restart();
      assert.notEqual(best(), toHex(first));
      bench.nodes.forget(first);
      await restart();
      bench.nodes.noteSession(first, stores);
      assert.equal(best(), toHex(first));
    });

    it('suffers when a node is full, once for all answers to what was under way', () => {
      const [first, second] = bench.ordered(bench.meet(4)) as [PublicKey, PublicKey];
      bench.nodes.noteFailure(second);
      const refuse = (code: 'node-full' | 'rate') =>
        bench.nodes.holds.refused(first, bench.recipient, { code, wait: 0 });
      for (let i = 0; i < 10; i += 1) refuse('rate');
      assert.equal(best(), toHex(first));
      for (let i = 0; i < 10; i += 1) refuse('node-full');
      assert.equal(best(), toHex(first), 'a node without a history is no bad one after one refusal');
    });

    it('prefers among equals the quicker node when a copy is renewed, and not before', async () => {
      const all = bench.ordered(bench.meet(4));
      all.forEach((node, i) => bench.nodes.noteSuccess(node, 1000 - 100 * i));
      const copies = [{ node: all[3]! }];
      const mail = { sealed: { storageId: new Uint8Array(16) }, copies };
      assert.deepEqual(hex(bench.nodes.candidates(bench.recipient)), hex(all));
      assert.deepEqual(
        hex(bench.nodes.candidates(bench.recipient, mail)),
        hex([all[2]!, all[1]!, all[0]!, all[3]!]),
      );
      await restart();
      assert.deepEqual(
        hex(bench.nodes.candidates(bench.recipient, mail)),
        hex([all[2]!, all[1]!, all[0]!, all[3]!]),
      );
    });
  });
});
