import assert from 'node:assert/strict';
import { utf8 } from '../../../lib/bytes';
import { createHash } from 'node:crypto';
import type { OfferedKeys } from '../../../lib/forward-security/held-keys';
import { decodeExchange } from '../../../lib/protocol/keys/exchange';
import { DAY, KeyPeer, pair } from './support/key-peer';

describe('the limits of key life', () => {
  let alice: KeyPeer;
  let bob: KeyPeer;

  beforeEach(async () => {
    ({ alice, bob } = await pair('limits'));
  });

  /** As an exchange of bob's with one key, drawn from a number. */
  const offer = (batch: number, count = 1, valid = 30 * DAY): OfferedKeys => ({
    from: bob.pk,
    batch,
    valid,
    seed: createHash('sha256').update(`seed ${batch}`).digest(),
    keys: Array.from({ length: count }, (_, i) => ({
      index: i + 1,
      publicKey: keyOf(`${batch} ${i}`),
    })),
  });

  async function take(exchange: ReturnType<typeof offer>) {
    const writes = alice.store.batch();
    const result = await alice.fsm.held.take(writes, exchange);
    await writes.commit();
    return result;
  }

  /** bob issues a batch that alice acknowledges unread. */
  async function issueTo(peer: KeyPeer, count: number, { acknowledged = true } = {}) {
    const writes = bob.store.batch();
    const { batch, exchange } = await bob.fsm.issued.issue(writes, peer.pk, count);
    await writes.commit();
    const digest = createHash('sha256').update(exchange).digest().subarray(0, 16);
    const confirm = async () => {
      const second = bob.store.batch();
      assert.ok(bob.fsm.issued.acknowledge(second, peer.pk, batch, digest));
      await second.commit();
    };
    if (acknowledged) await confirm();
    return { batch, exchange, confirm };
  }

  it('a holder takes at most 600 keys of one peer', async () => {
    for (let i = 1; i <= 6; i += 1) assert.equal(await take(offer(i, 100)), 'added');
    assert.equal(await take(offer(7, 1)), 'no-room');
    assert.equal(alice.fsm.held.held(bob.pk), 600);
  });

  it('a holder takes a batch after 600 others that were used up, and knows all of them', async () => {
    for (let i = 1; i <= 600; i += 1) {
      assert.equal(await take(offer(i)), 'added');
      const writes = alice.store.batch();
      const key = alice.fsm.held.next(bob.pk, 'keys');
      assert.ok(key);
      alice.fsm.held.spend(writes, key);
      await writes.commit();
    }
    assert.equal(await take(offer(601)), 'added');
    for (const batch of [1, 300, 601]) assert.equal(await take(offer(batch)), 'known');
  });

  it('a holder refuses another list of keys under a number that it remembers', async () => {
    await take(offer(1));
    assert.equal(await take({ ...offer(2), batch: 1 }), 'batch-in-use');
    await alice.crash();
    assert.equal(await take({ ...offer(2), batch: 1 }), 'batch-in-use');
    assert.equal(alice.fsm.held.held(bob.pk), 1);
  });

  it('a holder ignores what a list of live keys has beyond those that it holds', async () => {
    await take(offer(1, 3));
    const writes = alice.store.batch();
    const dropped = alice.fsm.held.retain(writes, bob.pk, () => true);
    alice.fsm.held.noteListed(writes, bob.pk, [1, 77]);
    await writes.commit();
    assert.deepEqual([dropped, alice.fsm.held.held(bob.pk)], [0, 3]);
    assert.equal(await take(offer(77)), 'added', 'a list remembers nothing');
  });

  it('a holder cuts the time for which keys are offered to its own limit', async () => {
    await take(offer(1, 10, 60 * DAY));
    alice.age += 30 * DAY - 1;
    assert.equal(alice.fsm.held.held(bob.pk), 10);
    alice.age += 1;
    assert.equal(alice.fsm.held.held(bob.pk), 0);
  });

  it('a holder deletes keys when they expire, however many sweeps found none', async () => {
    const sweep = async () => {
      const writes = alice.store.batch();
      alice.fsm.held.expire(writes);
      await writes.commit();
      const range = { gte: utf8('held-key/'), lt: utf8('held-key0') };
      return [...alice.store.range(range)].length;
    };
    await take(offer(1, 10, 20 * DAY));
    assert.equal(await sweep(), 10);
    await take(offer(2, 10, 5 * DAY));
    alice.age += 5 * DAY - 1;
    assert.equal(await sweep(), 20);
    alice.age += 1;
    assert.equal(await sweep(), 10);
    alice.age += 15 * DAY;
    assert.equal(await sweep(), 0);
  });

  it('a holder remembers a batch for 60 days, also when its keys are gone', async () => {
    await take(offer(1));
    const sweep = async () => {
      const writes = alice.store.batch();
      alice.fsm.held.expire(writes);
      await writes.commit();
    };
    alice.age += 60 * DAY;
    await sweep();
    await alice.crash();
    assert.equal(await take(offer(1)), 'known');
    alice.age += 1;
    await sweep();
    assert.equal(await take(offer(1)), 'added');
  });

  it('an owner has at most 16 batches alive for one peer: the oldest goes first', async () => {
    const batches: number[] = [];
    for (let i = 0; i < 17; i += 1) batches.push((await issueTo(alice, 2)).batch);
    const live = bob.fsm.issued.live(alice.pk).map(({ batch }) => batch);
    assert.deepEqual(live, batches.slice(1));
    await bob.crash();
    assert.deepEqual(
      bob.fsm.issued.live(alice.pk).map(({ batch }) => batch),
      batches.slice(1),
    );
  });

  it('an owner erases as many of the oldest batches as a new one needs, and no more', async () => {
    for (let i = 0; i < 6; i += 1) await issueTo(alice, 50);
    await issueTo(alice, 60);
    assert.equal(bob.fsm.issued.liveCount(alice.pk), 4 * 50 + 60);
    await issueTo(alice, 40);
    assert.equal(bob.fsm.issued.liveCount(alice.pk), 300);
  });

  it('an owner erases 45 days after the last sending, not after the making', async () => {
    const { batch } = await issueTo(alice, 5, { acknowledged: false });
    bob.age += 10 * DAY;
    const again = await bob.fsm.exchangePreKeys(alice.pk);
    assert.ok(again && decodeExchange(again).batch === batch);
    await bob.crash();
    const sweep = async () => {
      const writes = bob.store.batch();
      bob.fsm.issued.expire(writes);
      await writes.commit();
    };
    bob.age += 45 * DAY;
    await sweep();
    assert.equal(bob.fsm.issued.liveCount(alice.pk), 5);
    bob.age += 1;
    await sweep();
    assert.equal(bob.fsm.issued.liveCount(alice.pk), 0);
  });

  it('a peer can refuse only a batch that it did not acknowledge', async () => {
    const { batch, confirm } = await issueTo(alice, 5, { acknowledged: false });
    await confirm();
    const writes = bob.store.batch();
    assert.equal(bob.fsm.issued.refuse(writes, alice.pk, batch), false);
    assert.equal(bob.fsm.issued.refuse(writes, alice.pk, batch + 1), false);
    await writes.commit();
    assert.equal(bob.fsm.issued.liveCount(alice.pk), 5);
  });

  it('a stock is reckoned as the last number named, and keys acknowledged and used since', async () => {
    const shortage = () => bob.fsm.issued.shortage(alice.pk, { fill: true });
    const { exchange } = await issueTo(alice, 104);
    await alice.fsm.processPreKeyExchange(exchange);
    bob.fsm.issued.noteHeld(alice.pk, 30);
    assert.equal(shortage(), 74);
    await bob.read((await alice.send(bob, 'one')).envelope);
    assert.equal(shortage(), 75);
    const { confirm } = await issueTo(alice, 50, { acknowledged: false });
    assert.equal(shortage(), 75);
    await confirm();
    assert.equal(shortage(), 25);
  });

  it('a stock is reckoned no higher than the acknowledged keys that live and are under 30 days old', async () => {
    const shortage = () => {
      bob.fsm.issued.noteHeld(alice.pk, 104);
      return bob.fsm.issued.shortage(alice.pk);
    };
    await issueTo(alice, 104, { acknowledged: false });
    assert.equal(shortage(), 104, 'not acknowledged');
    await issueTo(alice, 19);
    assert.equal(shortage(), 85);
    await issueTo(alice, 1);
    assert.equal(shortage(), 0);
    bob.age += 30 * DAY;
    bob.fsm.issued.noteHeld(alice.pk, 104);
    assert.equal(bob.fsm.issued.shortage(alice.pk, { mail: true }), 104, 'too old');
  });

  it('a batch number is never 0 and never one that is in use', async () => {
    const { batch } = await issueTo(alice, 1);
    const drawn = [0, batch, 77];
    const bytes = bob.random.bytes.bind(bob.random);
    bob.random.bytes = (n) => {
      const next = n === 3 ? drawn.shift() : undefined;
      return next === undefined ? bytes(n) : new Uint8Array([next >> 16, next >> 8, next]);
    };
    assert.equal(bob.fsm.issued.unusedNumber(alice.pk), 77);
  });

  it('keys without a secret are dead after a start, and the others stay', async () => {
    await issueTo(alice, 3);
    await issueTo(alice, 4);
    const [first, second] = bob.fsm.issued.live(alice.pk);
    assert.ok(first && second);
    const keys = [...bob.fsm.issued.refs()];
    const erase = bob.store.batch();
    bob.vault.erase(erase, keys.slice(0, 4));
    await erase.commit();
    await bob.vault.settled();
    const writes = bob.store.batch();
    bob.fsm.issued.dropUnreadable(writes);
    await writes.commit();
    assert.deepEqual(bob.fsm.issued.live(alice.pk), [{ batch: second.batch, live: [2, 3, 4] }]);
  });
});

/** Some acceptable public key: below the prime, of no low order. */
function keyOf(name: string): Uint8Array {
  const key = new Uint8Array(createHash('sha256').update(name).digest());
  key[31] = (key[31] ?? 0) & 0x3f;
  return key;
}
