import assert from 'node:assert/strict';
import { compareBytes, toHex } from '../../../../lib/bytes';
import type { PublicKey } from '../../../../lib/types';
import { hex, key, NodesBench, stores, storesNot } from './support/nodes-bench';

describe('storage nodes', () => {
  let bench: NodesBench;

  beforeEach(() => {
    bench = new NodesBench();
  });

  describe('polled', () => {
    it('are the friends who store for us or hold our mail, connected or not', () => {
      const [storing, holding, neither] = bench.meet(3) as [PublicKey, PublicKey, PublicKey];
      bench.nodes.noteSession(holding, storesNot);
      bench.nodes.noteHoldsMail(holding, true);
      bench.nodes.noteSession(neither, storesNot);
      bench.connected.clear();
      assert.deepEqual(hex(bench.nodes.polled()), hex([storing, holding]));
      bench.nodes.noteHoldsMail(holding, false);
      assert.deepEqual(hex(bench.nodes.polled()), hex([storing]));
    });

    it('are named by hints that only fit our own mailbox', () => {
      const [peer] = bench.meet(1) as [PublicKey];
      assert.deepEqual(hex(bench.nodes.hintsFor()), hex([bench.hint(peer, bench.self)]));
    });

    it('are named at most 16 at a time: the healthiest, then those seen last', async () => {
      const all = bench.meet(18);
      const [bad, gone] = all as [PublicKey, PublicKey];
      bench.nodes.noteBroken(bad);
      bench.connected.delete(toHex(gone));
      bench.nodes.noteGone(gone);
      await bench.time.advance(1000);
      const expected = all.slice(2).map((peer) => bench.hint(peer, bench.self));
      assert.deepEqual(hex(bench.nodes.hintsFor()), hex(expected.toSorted(compareBytes)));
    });

    it('are named in an order that does not change with their health', () => {
      const all = bench.meet(5);
      const before = hex(bench.nodes.hintsFor());
      bench.nodes.noteFailure(all[0]!);
      assert.deepEqual(hex(bench.nodes.hintsFor()), before);
    });
  });

  describe('that the user named', () => {
    it('are asked for mail and announced to senders, also after a restart, but never stand for a session', async () => {
      const named = key();
      await bench.nodes.name(named);
      await bench.nodes.name(named);
      for (const each of [bench.nodes, bench.open()]) {
        assert.deepEqual(hex(each.polled()), hex([named]));
        assert.deepEqual(hex(each.hintsFor()), hex([bench.hint(named, bench.self)]));
        assert.equal(each.hasSpoken(named), false);
      }
    });

    it('get mail to keep only when they say that they take it', async () => {
      const named = key();
      await bench.nodes.name(named);
      bench.connected.add(toHex(named));
      bench.nodes.noteSession(named, storesNot);
      assert.deepEqual(bench.nodes.candidates(bench.recipient), []);
      assert.deepEqual(hex(bench.nodes.polled()), hex([named]));
      bench.nodes.noteSession(named, stores);
      assert.deepEqual(hex(bench.nodes.candidates(bench.recipient)), hex([named]));
      assert.deepEqual(hex(bench.nodes.polled()), hex([named]));
    });

    it('are forgotten with the friend', async () => {
      const named = key();
      await bench.nodes.name(named);
      const writes = bench.store.batch();
      bench.nodes.unname(writes, named);
      assert.equal(bench.nodes.polled().length, 1);
      await writes.commit();
      assert.deepEqual(bench.nodes.polled(), []);
      assert.deepEqual(bench.open().polled(), []);
    });
  });
});
