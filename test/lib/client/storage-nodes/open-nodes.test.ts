import assert from 'node:assert/strict';
import { compareBytes, toHex } from '../../../../lib/bytes';
import { formatToxId } from '../../../../lib/identity/tox-id';
import type { PublicKey } from '../../../../lib/types';
import { hex, key, NodesBench, stores } from './support/nodes-bench';

describe('storage nodes', () => {
  let bench: NodesBench;

  beforeEach(() => {
    bench = new NodesBench();
  });

  describe('open nodes', () => {
    const open = { acceptsStores: true, openNode: true };
    const addressOf = (publicKey: PublicKey, nospam = 1) =>
      new Uint8Array(Buffer.from(formatToxId(publicKey, Uint8Array.of(0, 0, 0, nospam)), 'hex'));
    /** Connected open nodes that have said their address. */
    const meetOpen = (count: number) =>
      bench.meet(count).map((peer) => {
        bench.nodes.noteSession(peer, open);
        bench.nodes.noteOpenNodes(peer, [addressOf(peer)]);
        return peer;
      });

    it('that we poll are named by the address that they gave us, to all but themselves', () => {
      const [one, other] = meetOpen(2) as [PublicKey, PublicKey];
      const [, closed] = bench.meet(2) as [PublicKey, PublicKey];
      bench.nodes.noteOpenNodes(closed, [addressOf(closed)]);
      assert.deepEqual(
        hex(bench.nodes.openNodesFor(bench.recipient)),
        hex([addressOf(one), addressOf(other)].toSorted(compareBytes)),
      );
      assert.deepEqual(hex(bench.nodes.openNodesFor(one)), hex([addressOf(other)]));
    });

    it('are not named before they said their address, nor after they turned into something else', () => {
      const [silent, changed] = bench.meet(2) as [PublicKey, PublicKey];
      bench.nodes.noteSession(silent, open);
      bench.nodes.noteSession(changed, open);
      bench.nodes.noteOpenNodes(changed, [addressOf(changed)]);
      bench.nodes.noteSession(changed, stores);
      assert.deepEqual(bench.nodes.openNodesFor(bench.recipient), []);
    });

    it('are named 4 at most, ourselves first if we are one, then the healthiest', () => {
      const [bad, ...rest] = meetOpen(5) as [PublicKey, ...PublicKey[]];
      bench.nodes.noteBroken(bad);
      assert.deepEqual(
        hex(bench.nodes.openNodesFor(bench.recipient)),
        hex(rest.map((peer) => addressOf(peer)).toSorted(compareBytes)),
      );
      bench.ownAddress = addressOf(bench.self);
      const named = bench.nodes.openNodesFor(bench.recipient);
      assert.equal(named.length, 4);
      assert.equal(toHex(named[0]!), toHex(bench.ownAddress));
    });

    it('of a friend are reported once when it names them, and kept over a restart', async () => {
      const node = key();
      assert.deepEqual(
        bench.nodes.noteOpenNodes(bench.recipient, [addressOf(node)]).map(({ toxId }) => toxId),
        [toHex(addressOf(node)).toUpperCase()],
      );
      assert.deepEqual(bench.nodes.noteOpenNodes(bench.recipient, [addressOf(node)]), []);
      await bench.persist();
      const again = bench.open();
      assert.deepEqual(
        hex(again.openNodesOf(bench.recipient).map(({ publicKey }) => publicKey)),
        hex([node]),
      );
      assert.deepEqual(again.noteOpenNodes(bench.recipient, [addressOf(node)]), []);
    });

    it('of a friend are left out when we are the node, the checksum is wrong or the key is no key', () => {
      const torn = addressOf(key());
      torn[37]! ^= 1;
      const named = bench.nodes.noteOpenNodes(bench.recipient, [
        addressOf(bench.self),
        torn,
        addressOf(new Uint8Array(32)),
      ]);
      assert.deepEqual([named, bench.nodes.openNodesOf(bench.recipient)], [[], []]);
    });

    it('of a friend are the first four that it names', () => {
      const named = Array.from({ length: 5 }, key);
      assert.equal(bench.nodes.noteOpenNodes(bench.recipient, named.map(addressOf)).length, 4);
      assert.deepEqual(
        hex(bench.nodes.openNodesOf(bench.recipient).map(({ publicKey }) => publicKey)),
        hex(named.slice(0, 4)),
      );
    });

    it('of a friend are those of its last state only', () => {
      const [before, now] = [key(), key()];
      bench.nodes.noteOpenNodes(bench.recipient, [addressOf(before)]);
      bench.nodes.noteOpenNodes(bench.recipient, [addressOf(now)]);
      assert.deepEqual(
        hex(bench.nodes.openNodesOf(bench.recipient).map(({ publicKey }) => publicKey)),
        hex([now]),
      );
    });
  });
});
