import assert from 'node:assert/strict';
import { compareBytes, toHex } from '../../../../lib/bytes';
import { generateKeyPair } from '../../../../lib/crypto/generate';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { formatToxId } from '../../../../lib/identity/tox-id';
import { Placement } from '../../../../lib/client/storage-nodes/placement';
import { StorageNodes } from '../../../../lib/client/storage-nodes/storage-nodes';
import { SeededRandom, SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { nodeHint } from '../../../../lib/protocol/names';
import { MemoryVolume, openMemoryStore } from '../../../../lib/testing/memory-store';
import type { Store } from '../../../../lib/store/store';
import { silentLogger, type PublicKey } from '../../../../lib/types';

const crypto = createPortableProvider();
const random = new SeededRandom('storage nodes');
const key = (): PublicKey => generateKeyPair(crypto, random).publicKey;
const stores = { acceptsStores: true, openNode: false };
const storesNot = { acceptsStores: false, openNode: false };
const hex = (keys: Iterable<Uint8Array>): string[] => [...keys].map(toHex);

describe('storage nodes', () => {
  const identity = generateKeyPair(crypto, random);
  const self = identity.publicKey;
  const recipient = key();
  let store: Store;
  let time: SimulatedTime;
  let connected: Set<string>;
  let warnings: string[];
  let nodes: StorageNodes;
  let ownAddress: Uint8Array | undefined;

  function open(): StorageNodes {
    return new StorageNodes({
      crypto,
      clock: time.clock,
      random,
      ages: { now: () => time.clock.monotonic() / 1000 },
      store,
      identity,
      ownAddress: () => ownAddress,
      connected: (peer) => connected.has(toHex(peer)),
      log: { ...silentLogger, warn: (text) => warnings.push(text) },
    });
  }

  /** In the order that our secret gives them for the recipient, whatever else is known of them. */
  function ordered(peers: PublicKey[]): PublicKey[] {
    const placement = new Placement({ crypto, identity });
    const candidates = peers.map((peer) => ({ peer, polled: false, grade: 0, hadCopy: false }) as const);
    return placement.sort(recipient, [...candidates]).map(({ peer }) => peer);
  }

  /** Connected friends who store mail. */
  function meet(count: number): PublicKey[] {
    return Array.from({ length: count }, () => {
      const peer = key();
      connected.add(toHex(peer));
      nodes.noteSession(peer, stores);
      return peer;
    });
  }

  beforeEach(() => {
    store = openMemoryStore(new MemoryVolume());
    time = new SimulatedTime();
    connected = new Set();
    warnings = [];
    ownAddress = undefined;
    nodes = open();
  });

  describe('candidates', () => {
    it('are the connected friends who accept stores, in the order of our secret', () => {
      const all = meet(6);
      const [refuses, away, ...rest] = all as [PublicKey, PublicKey, ...PublicKey[]];
      nodes.noteSession(refuses, storesNot);
      connected.delete(toHex(away));
      assert.deepEqual(hex(nodes.candidates(recipient)), hex(ordered(rest)));
    });

    it('are never ourselves nor the recipient', () => {
      connected.add(toHex(self)).add(toHex(recipient));
      nodes.noteSession(self, stores);
      nodes.noteSession(recipient, stores);
      assert.deepEqual(nodes.candidates(recipient), []);
    });

    it('that the recipient polls come first, even in bad health', () => {
      const all = meet(5);
      const last = ordered(all).at(-1)!;
      nodes.noteBroken(last);
      nodes.noteHints(recipient, [nodeHint(crypto, recipient, last)]);
      assert.equal(toHex(nodes.candidates(recipient)[0]!), toHex(last));
    });

    it('are moved forward by the first 16 hints only', () => {
      const all = meet(5);
      const last = ordered(all).at(-1)!;
      const others = Array.from({ length: 16 }, () => nodeHint(crypto, recipient, key()));
      const hint = nodeHint(crypto, recipient, last);
      nodes.noteHints(recipient, [...others, hint]);
      assert.deepEqual(hex(nodes.candidates(recipient)), hex(ordered(all)));
      nodes.noteHints(recipient, [...others.slice(1), hint]);
      assert.equal(toHex(nodes.candidates(recipient)[0]!), toHex(last));
    });

    it('are not moved forward by a hint that was made for another mailbox', () => {
      const all = meet(5);
      const last = ordered(all).at(-1)!;
      nodes.noteHints(recipient, [nodeHint(crypto, key(), last)]);
      assert.deepEqual(hex(nodes.candidates(recipient)), hex(ordered(all)));
    });

    it('that failed come after the healthy ones, and those that lost mail come last', () => {
      const [best, second, ...rest] = ordered(meet(4)) as [PublicKey, PublicKey, ...PublicKey[]];
      nodes.noteBroken(best);
      nodes.noteFailure(second);
      assert.deepEqual(hex(nodes.candidates(recipient)), hex([...rest, second, best]));
    });

    it('that failed once get another chance when they connect again', () => {
      const all = ordered(meet(3));
      nodes.noteFailure(all[0]!);
      nodes.noteSession(all[0]!, stores);
      assert.deepEqual(hex(nodes.candidates(recipient)), hex(all));
    });

    it('that succeed again take their place again', () => {
      const all = ordered(meet(3));
      nodes.noteFailure(all[0]!);
      for (let i = 0; i < 3; i++) nodes.noteSuccess(all[0]!);
      assert.deepEqual(hex(nodes.candidates(recipient)), hex(all));
    });
  });

  describe('polled', () => {
    it('are the friends who store for us or hold our mail, connected or not', () => {
      const [storing, holding, neither] = meet(3) as [PublicKey, PublicKey, PublicKey];
      nodes.noteSession(holding, storesNot);
      nodes.noteHoldsMail(holding, true);
      nodes.noteSession(neither, storesNot);
      connected.clear();
      assert.deepEqual(hex(nodes.polled()), hex([storing, holding]));
      nodes.noteHoldsMail(holding, false);
      assert.deepEqual(hex(nodes.polled()), hex([storing]));
    });

    it('are named by hints that only fit our own mailbox', () => {
      const [peer] = meet(1) as [PublicKey];
      assert.deepEqual(hex(nodes.hintsFor()), hex([nodeHint(crypto, self, peer)]));
    });

    it('are named at most 16 at a time: the healthiest, then those seen last', async () => {
      const all = meet(18);
      const [bad, gone] = all as [PublicKey, PublicKey];
      nodes.noteBroken(bad);
      connected.delete(toHex(gone));
      nodes.noteGone(gone);
      await time.advance(1000);
      const expected = all.slice(2).map((peer) => nodeHint(crypto, self, peer));
      assert.deepEqual(hex(nodes.hintsFor()), hex(expected.toSorted(compareBytes)));
    });

    it('are named in an order that does not change with their health', () => {
      const all = meet(5);
      const before = hex(nodes.hintsFor());
      nodes.noteFailure(all[0]!);
      assert.deepEqual(hex(nodes.hintsFor()), before);
    });
  });

  describe('open nodes', () => {
    const open = { acceptsStores: true, openNode: true };
    const addressOf = (publicKey: PublicKey, nospam = 1) =>
      new Uint8Array(Buffer.from(formatToxId(publicKey, Uint8Array.of(0, 0, 0, nospam)), 'hex'));
    /** Connected open nodes that have said their address. */
    const meetOpen = (count: number) =>
      meet(count).map((peer) => {
        nodes.noteSession(peer, open);
        nodes.noteOpenNodes(peer, [addressOf(peer)]);
        return peer;
      });

    it('that we poll are named by the address that they gave us, to all but themselves', () => {
      const [one, other] = meetOpen(2) as [PublicKey, PublicKey];
      const [, closed] = meet(2) as [PublicKey, PublicKey];
      nodes.noteOpenNodes(closed, [addressOf(closed)]);
      assert.deepEqual(
        hex(nodes.openNodesFor(recipient)),
        hex([addressOf(one), addressOf(other)].toSorted(compareBytes)),
      );
      assert.deepEqual(hex(nodes.openNodesFor(one)), hex([addressOf(other)]));
    });

    it('are not named before they said their address, nor after they turned into something else', () => {
      const [silent, changed] = meet(2) as [PublicKey, PublicKey];
      nodes.noteSession(silent, open);
      nodes.noteSession(changed, open);
      nodes.noteOpenNodes(changed, [addressOf(changed)]);
      nodes.noteSession(changed, stores);
      assert.deepEqual(nodes.openNodesFor(recipient), []);
    });

    it('are named 4 at most, ourselves first if we are one, then the healthiest', () => {
      const [bad, ...rest] = meetOpen(5) as [PublicKey, ...PublicKey[]];
      nodes.noteBroken(bad);
      assert.deepEqual(
        hex(nodes.openNodesFor(recipient)),
        hex(rest.map((peer) => addressOf(peer)).toSorted(compareBytes)),
      );
      ownAddress = addressOf(self);
      const named = nodes.openNodesFor(recipient);
      assert.equal(named.length, 4);
      assert.equal(toHex(named[0]!), toHex(ownAddress));
    });

    it('of a friend are reported once when it names them, and kept over a restart', async () => {
      const node = key();
      assert.deepEqual(
        nodes.noteOpenNodes(recipient, [addressOf(node)]).map(({ toxId }) => toxId),
        [toHex(addressOf(node)).toUpperCase()],
      );
      assert.deepEqual(nodes.noteOpenNodes(recipient, [addressOf(node)]), []);
      await store
        .batch()
        .put(new Uint8Array([1]), new Uint8Array())
        .commit();
      const again = new StorageNodes({
        crypto,
        clock: time.clock,
        random,
        ages: { now: () => 0 },
        store,
        identity,
        ownAddress: () => undefined,
        connected: () => false,
        log: silentLogger,
      });
      assert.deepEqual(hex(again.openNodesOf(recipient).map(({ publicKey }) => publicKey)), hex([node]));
      assert.deepEqual(again.noteOpenNodes(recipient, [addressOf(node)]), []);
    });

    it('of a friend are left out when we are the node, the checksum is wrong or the key is no key', () => {
      const torn = addressOf(key());
      torn[37]! ^= 1;
      const named = nodes.noteOpenNodes(recipient, [addressOf(self), torn, addressOf(new Uint8Array(32))]);
      assert.deepEqual([named, nodes.openNodesOf(recipient)], [[], []]);
    });

    it('of a friend are the first four that it names', () => {
      const named = Array.from({ length: 5 }, key);
      assert.equal(nodes.noteOpenNodes(recipient, named.map(addressOf)).length, 4);
      assert.deepEqual(
        hex(nodes.openNodesOf(recipient).map(({ publicKey }) => publicKey)),
        hex(named.slice(0, 4)),
      );
    });

    it('of a friend are those of its last state only', () => {
      const [before, now] = [key(), key()];
      nodes.noteOpenNodes(recipient, [addressOf(before)]);
      nodes.noteOpenNodes(recipient, [addressOf(now)]);
      assert.deepEqual(hex(nodes.openNodesOf(recipient).map(({ publicKey }) => publicKey)), hex([now]));
    });
  });

  describe('health', () => {
    const best = () => toHex(nodes.candidates(recipient)[0]!);
    /** What was written so far is durable. */
    const restart = async () => {
      await store
        .batch()
        .put(new Uint8Array([1]), new Uint8Array())
        .commit();
      nodes = open();
    };

    it('of a node that lost mail is still bad after a restart, until it is no friend any more', async () => {
      const [first] = ordered(meet(4)) as [PublicKey];
      nodes.noteBroken(first);
      assert.notEqual(best(), toHex(first));
      await restart();
      assert.notEqual(best(), toHex(first));
      nodes.forget(first);
      await restart();
      nodes.noteSession(first, stores);
      assert.equal(best(), toHex(first));
    });

    it('suffers when a node is full, once for all answers to what was under way', () => {
      const [first, second] = ordered(meet(4)) as [PublicKey, PublicKey];
      nodes.noteFailure(second);
      const refuse = (code: 'node-full' | 'rate') => nodes.holds.refused(first, recipient, { code, wait: 0 });
      for (let i = 0; i < 10; i += 1) refuse('rate');
      assert.equal(best(), toHex(first));
      for (let i = 0; i < 10; i += 1) refuse('node-full');
      assert.equal(best(), toHex(first), 'a node without a history is no bad one after one refusal');
    });

    it('prefers among equals the quicker node when a copy is renewed, and not before', async () => {
      const all = ordered(meet(4));
      all.forEach((node, i) => nodes.noteSuccess(node, 1000 - 100 * i));
      const copies = [{ node: all[3]! }];
      const mail = { sealed: { storageId: new Uint8Array(16) }, copies };
      assert.deepEqual(hex(nodes.candidates(recipient)), hex(all));
      assert.deepEqual(hex(nodes.candidates(recipient, mail)), hex([all[2]!, all[1]!, all[0]!, all[3]!]));
      await restart();
      assert.deepEqual(hex(nodes.candidates(recipient, mail)), hex([all[2]!, all[1]!, all[0]!, all[3]!]));
    });
  });

  describe('after a restart', () => {
    it('it knows whom to poll, and which nodes a friend polls', () => {
      const [storing, holding, far] = ordered(meet(3)) as [PublicKey, PublicKey, PublicKey];
      nodes.noteSession(holding, { acceptsStores: false, openNode: true });
      nodes.noteHoldsMail(holding, true);
      nodes.noteHints(recipient, [nodeHint(crypto, recipient, far)]);
      return store
        .batch()
        .put(new Uint8Array([1]), new Uint8Array())
        .commit()
        .then(() => {
          const again = open();
          assert.deepEqual(hex(again.polled()).sort(), hex([storing, holding, far]).sort());
          assert.deepEqual(hex(again.candidates(recipient)), hex([far, storing]));
          assert.equal(again.isOpenNode(holding), true);
          assert.equal(again.isOpenNode(storing), false);
          assert.equal(again.hasSpoken(recipient), true);
          assert.equal(again.hasSpoken(key()), false);
        });
    });

    it('a friend who was removed is not known any more', async () => {
      const [peer] = meet(1) as [PublicKey];
      nodes.forget(peer);
      await store
        .batch()
        .put(new Uint8Array([1]), new Uint8Array())
        .commit();
      for (const known of [nodes, open()]) {
        assert.deepEqual(known.polled(), []);
        assert.equal(known.hasSpoken(peer), false);
      }
    });
  });

  it('writes nothing when a friend says the same again', () => {
    const [peer] = meet(1) as [PublicKey];
    nodes.noteHints(peer, [new Uint8Array(8)]);
    let batches = 0;
    const batch = store.batch.bind(store);
    store.batch = () => {
      batches += 1;
      return batch();
    };
    nodes.noteSession(peer, stores);
    nodes.noteHoldsMail(peer, false);
    nodes.noteHints(peer, [new Uint8Array(8)]);
    assert.equal(batches, 0);
  });

  it('goes on in memory, and says so, when its records cannot be written', async () => {
    await store.close();
    const [peer] = meet(1) as [PublicKey];
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(hex(nodes.polled()), hex([peer]));
    assert.equal(warnings.length, 1);
  });

  describe('that the user named', () => {
    it('are asked for mail and announced to senders, also after a restart, but never stand for a session', async () => {
      const named = key();
      await nodes.name(named);
      await nodes.name(named);
      for (const each of [nodes, open()]) {
        assert.deepEqual(hex(each.polled()), hex([named]));
        assert.deepEqual(hex(each.hintsFor()), hex([nodeHint(crypto, self, named)]));
        assert.equal(each.hasSpoken(named), false);
      }
    });

    it('get mail to keep only when they say that they take it', async () => {
      const named = key();
      await nodes.name(named);
      connected.add(toHex(named));
      nodes.noteSession(named, storesNot);
      assert.deepEqual(nodes.candidates(recipient), []);
      assert.deepEqual(hex(nodes.polled()), hex([named]));
      nodes.noteSession(named, stores);
      assert.deepEqual(hex(nodes.candidates(recipient)), hex([named]));
      assert.deepEqual(hex(nodes.polled()), hex([named]));
    });

    it('are forgotten with the friend', async () => {
      const named = key();
      await nodes.name(named);
      const writes = store.batch();
      nodes.unname(writes, named);
      assert.equal(nodes.polled().length, 1);
      await writes.commit();
      assert.deepEqual(nodes.polled(), []);
      assert.deepEqual(open().polled(), []);
    });
  });
});
