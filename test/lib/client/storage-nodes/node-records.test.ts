import assert from 'node:assert/strict';
import type { PublicKey } from '../../../../lib/types';
import { hex, key, NodesBench, stores } from './support/nodes-bench';

describe('storage nodes', () => {
  let bench: NodesBench;

  beforeEach(() => {
    bench = new NodesBench();
  });

  describe('after a restart', () => {
    it('it knows whom to poll, and which nodes a friend polls', async () => {
      const [storing, holding, far] = bench.ordered(bench.meet(3)) as [PublicKey, PublicKey, PublicKey];
      bench.nodes.noteSession(holding, { acceptsStores: false, openNode: true });
      bench.nodes.noteHoldsMail(holding, true);
      bench.nodes.noteHints(bench.recipient, [bench.hint(far)]);
      await bench.persist();
      const again = bench.open();
      assert.deepEqual(hex(again.polled()).sort(), hex([storing, holding, far]).sort());
      assert.deepEqual(hex(again.candidates(bench.recipient)), hex([far, storing]));
      assert.equal(again.isOpenNode(holding), true);
      assert.equal(again.isOpenNode(storing), false);
      assert.equal(again.hasSpoken(bench.recipient), true);
      assert.equal(again.hasSpoken(key()), false);
    });

    it('a friend who was removed is not known any more', async () => {
      const [peer] = bench.meet(1) as [PublicKey];
      bench.nodes.forget(peer);
      await bench.persist();
      for (const known of [bench.nodes, bench.open()]) {
        assert.deepEqual(known.polled(), []);
        assert.equal(known.hasSpoken(peer), false);
      }
    });
  });

  it('writes nothing when a friend says the same again', () => {
    const [peer] = bench.meet(1) as [PublicKey];
    bench.nodes.noteHints(peer, [new Uint8Array(8)]);
    let batches = 0;
    const batch = bench.store.batch.bind(bench.store);
    bench.store.batch = () => {
      batches += 1;
      return batch();
    };
    bench.nodes.noteSession(peer, stores);
    bench.nodes.noteHoldsMail(peer, false);
    bench.nodes.noteHints(peer, [new Uint8Array(8)]);
    assert.equal(batches, 0);
  });

  it('goes on in memory, and says so, when its records cannot be written', async () => {
    await bench.store.close();
    const [peer] = bench.meet(1) as [PublicKey];
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(hex(bench.nodes.polled()), hex([peer]));
    assert.equal(bench.warnings.length, 1);
  });
});
