import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import type { PublicKey } from '../../../../lib/types';
import { hex, key, NodesBench, stores, storesNot } from './support/nodes-bench';

describe('storage nodes', () => {
  let bench: NodesBench;

  beforeEach(() => {
    bench = new NodesBench();
  });

  describe('candidates', () => {
    it('are the connected friends who accept stores, in the order of our secret', () => {
      const all = bench.meet(6);
      const [refuses, away, ...rest] = all as [PublicKey, PublicKey, ...PublicKey[]];
      bench.nodes.noteSession(refuses, storesNot);
      bench.connected.delete(toHex(away));
      assert.deepEqual(hex(bench.nodes.candidates(bench.recipient)), hex(bench.ordered(rest)));
    });

    it('are never ourselves nor the recipient', () => {
      bench.connected.add(toHex(bench.self)).add(toHex(bench.recipient));
      bench.nodes.noteSession(bench.self, stores);
      bench.nodes.noteSession(bench.recipient, stores);
      assert.deepEqual(bench.nodes.candidates(bench.recipient), []);
    });

    it('that the recipient polls come first, even in bad health', () => {
      const all = bench.meet(5);
      const last = bench.ordered(all).at(-1)!;
      bench.nodes.noteBroken(last);
      bench.nodes.noteHints(bench.recipient, [bench.hint(last)]);
      assert.equal(toHex(bench.nodes.candidates(bench.recipient)[0]!), toHex(last));
    });

    it('are moved forward by the first 16 hints only', () => {
      const all = bench.meet(5);
      const last = bench.ordered(all).at(-1)!;
      const others = Array.from({ length: 16 }, () => bench.hint(key()));
      const hint = bench.hint(last);
      bench.nodes.noteHints(bench.recipient, [...others, hint]);
      assert.deepEqual(hex(bench.nodes.candidates(bench.recipient)), hex(bench.ordered(all)));
      bench.nodes.noteHints(bench.recipient, [...others.slice(1), hint]);
      assert.equal(toHex(bench.nodes.candidates(bench.recipient)[0]!), toHex(last));
    });

    it('are not moved forward by a hint that was made for another mailbox', () => {
      const all = bench.meet(5);
      const last = bench.ordered(all).at(-1)!;
      bench.nodes.noteHints(bench.recipient, [bench.hint(last, key())]);
      assert.deepEqual(hex(bench.nodes.candidates(bench.recipient)), hex(bench.ordered(all)));
    });

    it('that failed come after the healthy ones, and those that lost mail come last', () => {
      const [best, second, ...rest] = bench.ordered(bench.meet(4)) as [PublicKey, PublicKey, ...PublicKey[]];
      bench.nodes.noteBroken(best);
      bench.nodes.noteFailure(second);
      assert.deepEqual(hex(bench.nodes.candidates(bench.recipient)), hex([...rest, second, best]));
    });

    it('that failed once get another chance when they connect again', () => {
      const all = bench.ordered(bench.meet(3));
      bench.nodes.noteFailure(all[0]!);
      bench.nodes.noteSession(all[0]!, stores);
      assert.deepEqual(hex(bench.nodes.candidates(bench.recipient)), hex(all));
    });

    it('that succeed again take their place again', () => {
      const all = bench.ordered(bench.meet(3));
      bench.nodes.noteFailure(all[0]!);
      for (let i = 0; i < 3; i++) bench.nodes.noteSuccess(all[0]!);
      assert.deepEqual(hex(bench.nodes.candidates(bench.recipient)), hex(all));
    });
  });
});
