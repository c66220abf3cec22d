import assert from 'node:assert/strict';
import { compareBytes, toHex } from '../../../../lib/bytes';
import { Placement } from '../../../../lib/client/storage-nodes/placement';
import { StorageNodes } from '../../../../lib/client/storage-nodes/storage-nodes';
import { generateKeyPair } from '../../../../lib/crypto/generate';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { mailboxOf, nodeHint } from '../../../../lib/protocol/names';
import type { Store } from '../../../../lib/store/store';
import { MemoryVolume, openMemoryStore } from '../../../../lib/testing/memory-store';
import { SeededRandom, SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { silentLogger, type KeyPair, type PublicKey } from '../../../../lib/types';

const crypto = createPortableProvider();
const random = new SeededRandom('placement');
const key = (): PublicKey => generateKeyPair(crypto, random).publicKey;
const stores = { acceptsStores: true, openNode: false };
const storesNot = { acceptsStores: false, openNode: false };
const hex = (keys: Iterable<Uint8Array>): string[] => [...keys].map(toHex);

/** In the order that the secret of `identity` gives them for `recipient`, whatever else is known of them. */
function ordered(peers: readonly PublicKey[], recipient: PublicKey, identity: KeyPair): PublicKey[] {
  const candidates = peers.map((peer) => ({ peer, polled: false, grade: 0, hadCopy: false }) as const);
  return new Placement({ crypto, identity }).sort(recipient, [...candidates]).map(({ peer }) => peer);
}

describe('the placement of mail', () => {
  const identity = generateKeyPair(crypto, random);
  const recipient = key();
  let store: Store;
  let connected: Set<string>;
  let age: number;
  let nodes: StorageNodes;

  const open = () =>
    new StorageNodes({
      crypto,
      clock: new SimulatedTime().clock,
      random,
      ages: { now: () => age },
      store,
      identity,
      ownAddress: () => undefined,
      connected: (peer) => connected.has(toHex(peer)),
      log: silentLogger,
    });

  /** Connected friends who store mail. */
  const meet = (count: number) =>
    Array.from({ length: count }, () => {
      const peer = key();
      connected.add(toHex(peer));
      nodes.noteSession(peer, stores);
      return peer;
    });

  beforeEach(() => {
    store = openMemoryStore(new MemoryVolume());
    connected = new Set();
    age = 0;
    nodes = open();
  });

  describe('on nodes whose keys were ground', () => {
    /** What version 0 ordered equals by, and anybody can compute. */
    const distance = (node: PublicKey, to: PublicKey) => {
      const mailbox = mailboxOf(crypto, to);
      return crypto.sha256(node).map((byte, i) => byte ^ (mailbox[i] ?? 0));
    };
    const honest = Array.from({ length: 9 }, key);
    /** Keys that are nearer to a mailbox than those of all honest nodes. */
    const ground = (to: PublicKey) => {
      const nearest = honest.map((node) => distance(node, to)).sort(compareBytes)[0]!;
      const found: PublicKey[] = [];
      while (found.length < 3) {
        const tried = random.bytes(32);
        if (compareBytes(distance(tried, to), nearest) < 0) found.push(tried);
      }
      return found;
    };
    const recipients = Array.from({ length: 60 }, key);

    /** Of the three copies for each of 60 recipients, those that a ground key gets. */
    const share = (order: (peers: PublicKey[], to: PublicKey) => PublicKey[]) => {
      let taken = 0;
      for (const to of recipients) {
        const attackers = ground(to);
        const names = new Set(hex(attackers));
        const first = order([...honest, ...attackers], to).slice(0, 3);
        taken += first.filter((node) => names.has(toHex(node))).length;
      }
      return taken / (recipients.length * 3);
    };

    it('gives them no more than their share: with the public distance they had every copy', () => {
      const public_ = share((peers, to) =>
        peers.toSorted((a, b) => compareBytes(distance(a, to), distance(b, to))),
      );
      assert.equal(public_, 1, 'the control');
      const keyed = share((peers, to) => ordered(peers, to, identity));
      // 3 of 12 nodes.
      assert.ok(keyed > 0.15 && keyed < 0.35, `${keyed}`);
    });

    it('gives those whom one sender prefers no more than their share at another', () => {
      const other = generateKeyPair(crypto, random);
      let both = 0;
      for (const to of recipients) {
        const preferred = new Set(hex(ordered(honest, to, identity).slice(0, 3)));
        both += hex(ordered(honest, to, other).slice(0, 3)).filter((node) => preferred.has(node)).length;
      }
      const part = both / (recipients.length * 3);
      assert.ok(part > 0.2 && part < 0.47, `${part}`);
    });

    it('spreads the mailboxes of one sender over all nodes, and is the same after a restart', () => {
      const firsts = recipients.map((to) => toHex(ordered(honest, to, identity)[0]!));
      assert.equal(new Set(firsts).size, honest.length);
      const all = meet(6);
      assert.deepEqual(hex(nodes.candidates(recipient)), hex(ordered(all, recipient, identity)));
    });
  });

  describe('candidates for mail that nodes have had', () => {
    const mail = (copies: PublicKey[]) => ({ copies: copies.map((node) => ({ node })) });

    it('are first those that never had a copy of it', () => {
      const [first, second, third] = ordered(meet(3), recipient, identity) as [
        PublicKey,
        PublicKey,
        PublicKey,
      ];
      assert.deepEqual(hex(nodes.candidates(recipient, mail([first]))), hex([second, third, first]));
      assert.deepEqual(hex(nodes.candidates(recipient, mail([]))), hex([first, second, third]));
      const all = mail([third, first, second]);
      assert.deepEqual(hex(nodes.candidates(recipient, all)), hex([first, second, third]));
    });

    it('are still first those that the recipient polls, then the healthy ones', () => {
      const [first, second, third] = ordered(meet(3), recipient, identity) as [
        PublicKey,
        PublicKey,
        PublicKey,
      ];
      nodes.noteHints(recipient, [nodeHint(crypto, recipient, first)]);
      nodes.noteFailure(second);
      assert.deepEqual(hex(nodes.candidates(recipient, mail([first, third]))), hex([first, third, second]));
    });
  });

  describe('that may have withheld mail', () => {
    const letter = (n: number) => ({
      sealed: { storageId: crypto.sha256(Uint8Array.of(n)).slice(0, 16) },
      copies: [],
    });
    /** How often each node comes first for 200 letters. */
    const firsts = () => {
      const counts = new Map<string, number>();
      for (let n = 0; n < 200; n += 1) {
        const first = toHex(nodes.candidates(recipient, letter(n))[0]!);
        counts.set(first, (counts.get(first) ?? 0) + 1);
      }
      return counts;
    };
    let polled: PublicKey[];

    beforeEach(() => {
      polled = meet(5);
      meet(3);
      nodes.noteSession(recipient, storesNot);
      nodes.noteHints(
        recipient,
        polled.map((node) => nodeHint(crypto, recipient, node)),
      );
      age = 1_000_000;
    });

    it('share the first copy of each later message with all that the recipient polls, by lot', () => {
      assert.equal(firsts().size, 1, 'until then one comes first for all');
      nodes.noteHeard(recipient);
      nodes.noteUnconfirmed(recipient, age - 1);
      const counts = firsts();
      assert.deepEqual([...counts.keys()].sort(), hex(polled).sort());
      for (const count of counts.values()) assert.ok(count > 20, `${count} of 200`);
      assert.deepEqual(firsts(), counts, 'the same node for the same letter at each look');
      const [one] = nodes.candidates(recipient, letter(1));
      const rest = nodes.candidates(recipient, letter(1)).slice(1);
      const others = nodes.candidates(recipient).filter((node) => toHex(node) !== toHex(one!));
      assert.deepEqual(hex(rest), hex(others), 'the other copies go where they always went');
      nodes.forget(recipient);
      nodes.noteSession(recipient, storesNot);
      assert.equal(nodes.candidates(recipient, letter(1)).length, 8);
    });

    it('are not suspected when the friend was not heard of since the deposit', () => {
      nodes.noteHeard(recipient);
      age += 10;
      nodes.noteUnconfirmed(recipient, age - 10);
      assert.equal(firsts().size, 1);
    });

    it('are found out by a session as well, and over a restart to the hour', async () => {
      connected.add(toHex(recipient));
      nodes.noteSession(recipient, storesNot);
      const heardAt = age;
      await store
        .batch()
        .put(new Uint8Array([1]), new Uint8Array())
        .commit();
      nodes = open();
      nodes.noteUnconfirmed(recipient, heardAt);
      assert.equal(firsts().size, 1);
      nodes.noteUnconfirmed(recipient, heardAt - 1);
      assert.ok(firsts().size > 1);
      await store
        .batch()
        .put(new Uint8Array([1]), new Uint8Array())
        .commit();
      nodes = open();
      assert.ok(firsts().size > 1);
    });
  });
});
